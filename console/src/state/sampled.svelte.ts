// What changes many times a second, looked at a few times a second: for what costs something for thousands of cards.

/** The value of `read`, at most every `everyMs` a new one; the last is never left out. To be called in a component. */
export function sampled<T>(read: () => T, everyMs = 500): { readonly now: T } {
  let now = $state.raw(read());
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let newest = now;

  function take(): void {
    timer = null;
    last = performance.now();
    now = newest;
  }

  $effect(() => {
    newest = read();
    const wait = everyMs - (performance.now() - last);
    if (wait > 0) timer ??= setTimeout(take, wait);
    else take();
  });
  $effect(() => () => {
    if (timer !== null) clearTimeout(timer);
  });
  return {
    get now() {
      return now;
    },
  };
}
