// Keys of what is on the screen. They do nothing while somebody types, and the help lists them with their clauses.

export interface Key {
  /** As `KeyboardEvent.key`; several with the same meaning apart by spaces. */
  key: string;
  /** Key of its description in the translations. */
  does: string;
  /** The clause that it carries out, as `112-R c.5(2)¶4`. */
  clause?: string;
  run: (event: KeyboardEvent) => void;
  /** Also while somebody types. */
  typing?: boolean;
  /** Again and again while it is held: what only moves. Nothing is done twice because a hand rests on a key. */
  repeats?: boolean;
}

interface Layer {
  keys: Key[];
  /** The dialog whose they are. */
  dialog?: HTMLElement;
}

class Keys {
  // No state itself: what ends an effect reads state as it was before, and would take away with its own keys those that
  // others have bound meanwhile.
  #layers: readonly Layer[] = [];
  #changes = 0;
  #changed = $state(0);

  /** Every key that works now; what was bound last wins. */
  get all(): Key[] {
    void this.#changed;
    const seen = new Set<string>();
    return this.#layers
      .toReversed()
      .flatMap((layer) => layer.keys)
      .filter((key) => !seen.has(key.key) && seen.add(key.key) !== undefined);
  }

  /** Binds keys until what is returned is called; for `$effect(() => keys.bind([…]))`. */
  bind(keys: Key[]): () => void {
    return this.#add({ keys }, (layer, others) => [...others, layer]);
  }

  /** The same for a whole screen: whatever stands on it has its keys before it, in whichever order they came. */
  beneath(keys: Key[]): () => void {
    return this.#add({ keys }, (layer, others) => [layer, ...others]);
  }

  /** The same for a dialog: as long as it is open, no key of what lies behind it does anything, wherever the focus has got to. */
  dialog(panel: HTMLElement, keys: Key[]): () => void {
    return this.#add({ keys, dialog: panel }, (layer, others) => [...others, layer]);
  }

  /** The dialog that was opened last; null while there is none. */
  get top(): HTMLElement | null {
    return this.#layers.findLast((layer) => layer.dialog !== undefined)?.dialog ?? null;
  }

  #add(layer: Layer, place: (layer: Layer, others: readonly Layer[]) => readonly Layer[]): () => void {
    this.#put(place(layer, this.#layers));
    return () => this.#put(this.#layers.filter((one) => one !== layer));
  }

  #put(layers: readonly Layer[]): void {
    this.#layers = layers;
    // Only written: whoever binds keys in an effect does not depend on everybody else's.
    this.#changed = ++this.#changes;
  }

  press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || event.altKey || event.metaKey) return;
    // Held, Enter neither presses a button again nor sends the form that its first press has opened.
    if (event.repeat && event.key === 'Enter' && !breaksLines(event.target)) {
      event.preventDefault();
      return;
    }
    // What has the focus comes first: Enter presses the button it stands on, and a dialog has its keys to itself.
    if ((event.key === 'Enter' || event.key === ' ') && isPressed(event.target)) return;
    const typing = this.top !== null || isTyping(event.target) || isInDialog(event.target);
    if (event.ctrlKey) return;
    const bound = this.all.filter((one) => one.typing === true || !typing);
    const named = (name: string) => bound.find((one) => one.key.split(' ').includes(name));
    // What the key says comes before its place; by its place it works whichever alphabet is switched on.
    const place = byPlace(event);
    const key = named(event.key) ?? (place === null ? undefined : named(place));
    if (key === undefined) {
      // As the help says: whoever types gets out of the field.
      if (event.key === 'Escape' && isTyping(event.target)) (event.target as HTMLElement).blur();
      return;
    }
    event.preventDefault();
    if (!event.repeat || key.repeats === true) key.run(event);
  }
}

/** Where other alphabets have something else: the Kazakh one has letters on the row of the digits. */
const PLACES: Readonly<Record<string, string>> = { BracketLeft: '[', BracketRight: ']', Slash: '/' };

/** What a key is by its place on the keyboard. */
function byPlace(event: KeyboardEvent): string | null {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter !== undefined) return event.shiftKey ? letter : letter.toLowerCase();
  if (event.shiftKey) return event.code === 'Slash' ? '?' : null;
  return /^Digit(\d)$/.exec(event.code)?.[1] ?? PLACES[event.code] ?? null;
}

/** The digit of a key, whichever alphabet is switched on; null when it is none. */
export function digitOf(event: KeyboardEvent): string | null {
  if (/^\d$/.test(event.key)) return event.key;
  return event.shiftKey ? null : (/^Digit(\d)$/.exec(event.code)?.[1] ?? null);
}

function isPressed(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, a[href], summary, select') !== null;
}

function breaksLines(target: EventTarget | null): boolean {
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable);
}

function isInDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role=dialog]') !== null;
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'submit', 'reset', 'range'].includes(target.type);
}

export const keys = new Keys();
