/** How soon what did not come is asked for again. */
export const AGAIN_MS = 10_000;

/** Asks until an answer comes, and gives it to `take` once; what is returned ends it. */
export function untilThere<T>(ask: () => Promise<T>, take: (found: T) => void, failed: () => void): () => void {
  let [ended, timer]: [boolean, ReturnType<typeof setTimeout> | undefined] = [false, undefined];
  const round = (): void =>
    void ask().then(
      (found) => {
        if (!ended) take(found);
      },
      () => {
        if (ended) return;
        failed();
        timer = setTimeout(round, AGAIN_MS);
      },
    );
  round();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
