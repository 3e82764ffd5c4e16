// The mode that is about to be declared.
import type { Mode } from '../../api/types';

class NewMode {
  wanted = $state<Mode | null>(null);
}

export const newMode = new NewMode();
