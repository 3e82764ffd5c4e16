// One thing that a person does: busy while the hub decides, and what went wrong until the next try.
import { Problem } from '../api/problem';

export class Act {
  busy = $state(false);
  problem = $state.raw<unknown>(null);

  /** Whether it was done. A second press while the first is under way does nothing. */
  async run(what: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      await what();
      return true;
    } catch (problem) {
      this.problem = problem;
      return false;
    } finally {
      this.busy = false;
    }
  }

  get stale(): boolean {
    return this.problem instanceof Problem && this.problem.kind === 'stale';
  }
}
