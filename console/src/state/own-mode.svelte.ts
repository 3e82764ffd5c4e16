// The mode of the region as a service knows it, by which it works (112-R c.5); null until it has been read. The desk has the
// region's own. It stands apart from what reads it, which is not loaded with the banner.
import type { ModeState } from '../api/types';

class OwnMode {
  state = $state.raw<ModeState | null>(null);
}

export const ownMode = new OwnMode();
