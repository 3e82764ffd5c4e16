// A request that nobody has opened is heard and felt, louder and more often the longer it waits; a phone shakes.
import { sound, stepOf, urgeOf } from '../alarm/sound.svelte';
import { preferences } from '../state/preferences.svelte';

/** Calls once and then again until what is returned is called. `since`: when the oldest came, milliseconds since 1970. */
export function callForAttention(since: number): () => void {
  let again: ReturnType<typeof setTimeout>;
  const call = () => {
    const urge = urgeOf(stepOf(Date.now() - since));
    if ('vibrate' in navigator) navigator.vibrate([300, 150, 300]);
    if (preferences.sound) sound.request(urge);
    again = setTimeout(call, urge.everyMs * 2);
  };
  call();
  return () => clearTimeout(again);
}
