/** Waits for a condition, and fails with its name when it does not come. */
export async function until(what: string, holds: () => Promise<boolean>, within = 60_000, more: () => string = () => ''): Promise<void> {
  const end = performance.now() + within;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${within / 1000} s\n${more()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
