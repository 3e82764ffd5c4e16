// How a page keeps up: the time between its frames, tasks that held it up, and how soon it answers a key.
import type { Browser, CDPSession, Page } from 'playwright-core';

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
  // A page that drew nothing has one gap: the whole time.
  const sorted = (gaps.length > 1 ? gaps.slice(1) : [performance.now() - began]).sort((a, b) => a - b);
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

/** What a page costs, milliseconds of a processor in each second: however busy the machine is with other things. */
export interface Cost {
  /** The thread that answers keys. */
  page: number;
  /** What draws: the graphics card's work too, where there is no graphics card. */
  drawing: number;
}

export class Meter {
  readonly #page: CDPSession;
  readonly #browser: CDPSession;
  #before = { at: 0, page: 0, drawing: 0 };

  private constructor(page: CDPSession, browser: CDPSession) {
    this.#page = page;
    this.#browser = browser;
  }

  static async of(browser: Browser, page: Page): Promise<Meter> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new Meter(session, await browser.newBrowserCDPSession());
  }

  async begin(): Promise<void> {
    this.#before = await this.#read();
  }

  async end(): Promise<Cost> {
    const [before, now] = [this.#before, await this.#read()];
    const seconds = (now.at - before.at) / 1000;
    return { page: (now.page - before.page) / seconds, drawing: (now.drawing - before.drawing) / seconds };
  }

  async #read(): Promise<{ at: number; page: number; drawing: number }> {
    const [{ metrics }, { processInfo }] = await Promise.all([this.#page.send('Performance.getMetrics'), this.#browser.send('SystemInfo.getProcessInfo')]);
    const task = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
    const drawing = processInfo.filter(({ type }) => type === 'GPU').reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    return { at: performance.now(), page: task * 1000, drawing: drawing * 1000 };
  }
}

/** What came of a key: milliseconds until the page had answered it, and until the next picture could be drawn. */
export interface Answer {
  done: number;
  shown: number;
}

/** Presses keys one after the other, each when the one before has been shown. */
export async function answer(page: Page, keys: readonly string[]): Promise<{ done: number[]; shown: number[] }> {
  const found: Answer[] = [];
  for (const key of keys) {
    await page.evaluate(() => {
      const one = { done: 0, shown: 0 };
      Object.assign(window, { one });
      addEventListener(
        'keydown',
        (event) => {
          const after = new MessageChannel();
          after.port1.onmessage = () => (one.done = performance.now() - event.timeStamp);
          after.port2.postMessage(null);
          requestAnimationFrame(() => setTimeout(() => (one.shown = performance.now() - event.timeStamp)));
        },
        { once: true, capture: true },
      );
    });
    await page.keyboard.press(key);
    await page.waitForFunction(() => (window as unknown as { one: Answer }).one.shown > 0, undefined, { timeout: 60_000 });
    found.push(await page.evaluate(() => (window as unknown as { one: Answer }).one));
  }
  const sorted = (of: keyof Answer) => found.map((one) => one[of]).sort((a, b) => a - b);
  return { done: sorted('done'), shown: sorted('shown') };
}

export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}
