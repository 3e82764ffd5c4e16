// Lines of the check list on their way to the hub. Each line is an act of its own, so that a person who presses on loses no
// key; what is said of the same line twice reaches the hub in the order in which it was said.
import type { Schemas } from '../../api/types';
import { itemKey, order, type Check } from './shift';

interface Line {
  /** How many results of it are on their way. */
  underWay: number;
  /** Whether the hub has taken what was said last; the list shows it a moment later. */
  taken: boolean;
  /** Why the hub has not taken what was said last. */
  problem: unknown;
}

const UNTOLD: Line = { underWay: 0, taken: false, problem: null };

type Send = (command: Schemas['ShiftCommand']) => Promise<void>;

export class Checking {
  #lines: ReadonlyMap<string, Line> = $state.raw(new Map());
  readonly #last = new Map<string, Promise<boolean>>();
  readonly #send: Send;

  constructor(send: Send = order) {
    this.#send = send;
  }

  of(shift: string, item: Check['item']): Line {
    return this.#lines.get(key(shift, item)) ?? UNTOLD;
  }

  /** Whether nobody need look at a line again: it is on its way, or the hub has it. */
  isTold(shift: string, item: Check['item']): boolean {
    const { underWay, taken } = this.of(shift, item);
    return underWay > 0 || taken;
  }

  /** Tells the hub; whether it has taken it. */
  tell(shift: string, item: Check['item'], outcome: Schemas['CheckOutcome']): Promise<boolean> {
    const line = key(shift, item);
    this.#change(line, (now) => ({ underWay: now.underWay + 1, taken: false, problem: null }));
    const sent = (this.#last.get(line) ?? Promise.resolve(true)).then(() => this.#tell(line, { command: 'check', shift, item, outcome }));
    this.#last.set(line, sent);
    return sent;
  }

  async #tell(line: string, command: Schemas['ShiftCommand']): Promise<boolean> {
    let problem: unknown = null;
    try {
      await this.#send(command);
    } catch (caught) {
      problem = caught;
    }
    const taken = problem === null;
    this.#change(line, (now) => ({ underWay: now.underWay - 1, taken, problem }));
    return taken;
  }

  #change(line: string, to: (now: Line) => Line): void {
    this.#lines = new Map(this.#lines).set(line, to(this.#lines.get(line) ?? UNTOLD));
  }
}

const key = (shift: string, item: Check['item']) => `${shift} ${itemKey(item)}`;
