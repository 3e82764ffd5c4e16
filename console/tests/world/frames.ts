// How a page keeps up: the time between its frames, tasks that held it up, and how soon it answers a key.
import type { Page } from 'playwright-core';

export interface Frames {
  perSecond: number;
  p50: number;
  p95: number;
  longest: number;
  /** Frames that took longer than 100 ms, in a hundred. */
  slow: number;
  /** Milliseconds of each second in which a task longer than 50 ms held the page up. */
  heldUp: number;
}

/** Counts frames for some seconds while `meanwhile` is done. */
export async function frames(page: Page, seconds: number, meanwhile: () => Promise<void> = async () => {}): Promise<Frames> {
  await page.evaluate(() => {
    const seen: { gaps: number[]; held: number; on: boolean } = { gaps: [], held: 0, on: true };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (seen.held += entry.duration - 50))).observe({ type: 'longtask' });
    let last = performance.now();
    const next = (now: number) => {
      seen.gaps.push(now - last);
      last = now;
      if (seen.on) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  const began = performance.now();
  await meanwhile();
  const rest = seconds * 1000 - (performance.now() - began);
  if (rest > 0) await page.waitForTimeout(rest);
  const { gaps, held } = await page.evaluate(() => {
    const { seen } = window as unknown as { seen: { gaps: number[]; held: number; on: boolean } };
    seen.on = false;
    return seen;
  });
  const sorted = gaps.slice(1).sort((a, b) => a - b);
  const total = sorted.reduce((sum, gap) => sum + gap, 0);
  return {
    perSecond: (1000 * sorted.length) / total,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    longest: sorted.at(-1) ?? 0,
    slow: (100 * sorted.filter((gap) => gap > 100).length) / sorted.length,
    heldUp: (1000 * held) / total,
  };
}

/** Milliseconds from a key to the frame that shows what it did. */
export async function answer(page: Page, keys: readonly string[]): Promise<number[]> {
  const found: number[] = [];
  for (const key of keys) {
    await page.evaluate(() => {
      const one = { at: 0, shown: 0 };
      Object.assign(window, { one });
      addEventListener('keydown', (event) => {
        one.at = event.timeStamp;
        requestAnimationFrame(() => setTimeout(() => (one.shown = performance.now())));
      }, { once: true, capture: true });
    });
    await page.keyboard.press(key);
    await page.waitForFunction(() => (window as unknown as { one: { shown: number } }).one.shown > 0);
    found.push(await page.evaluate(() => (({ at, shown }) => shown - at)((window as unknown as { one: { at: number; shown: number } }).one)));
  }
  return found.sort((a, b) => a - b);
}

export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}
