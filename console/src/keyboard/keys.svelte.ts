// Keys of what is on the screen. They do nothing while somebody types, and the help lists them with their clauses.

import { untrack } from 'svelte';

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
}

class Keys {
  #layers: Layer[] = $state.raw([]);

  /** Every key that works now; what was bound last wins. */
  get all(): Key[] {
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

  #add(layer: Layer, place: (layer: Layer, others: Layer[]) => Layer[]): () => void {
    // Whoever binds keys in an effect does not depend on everybody else's.
    untrack(() => (this.#layers = place(layer, this.#layers)));
    return () => {
      untrack(() => (this.#layers = this.#layers.filter((one) => one !== layer)));
    };
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
    const typing = isTyping(event.target) || isInDialog(event.target);
    if (event.ctrlKey) return;
    const bound = this.all.filter((one) => one.typing === true || !typing);
    const named = (name: string) => bound.find((one) => one.key.split(' ').includes(name));
    // What the key says comes before its place; by its place a letter works whichever alphabet is switched on.
    const place = letter(event);
    const key = named(event.key) ?? (place === null ? undefined : named(place));
    if (key === undefined) return;
    event.preventDefault();
    if (!event.repeat || key.repeats === true) key.run(event);
  }
}

function letter(event: KeyboardEvent): string | null {
  const found = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (found !== undefined) return event.shiftKey ? found : found.toLowerCase();
  // On Cyrillic layouts / and ? are elsewhere: the key beside the right shift.
  if (event.code === 'Slash') return event.shiftKey ? '?' : '/';
  return null;
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
