// An ear in the page: what a person would hear of it.
import type { BrowserContext, Page } from 'playwright-core';

interface Heard {
  heard: { hertz: number; loudness: number; at: number }[];
}

/** An ear: every tone that the page lets sound, with its loudness. `asleep`: as a browser before the first key. */
export async function listen(context: BrowserContext, asleep = false): Promise<void> {
  await context.addInitScript((suspended) => {
    const ears = window as unknown as Heard;
    ears.heard = [];
    class Ear extends EventTarget {
      state = suspended ? 'suspended' : 'running';
      currentTime = 0;
      destination = {};
      resume(): Promise<void> {
        this.state = 'running';
        this.dispatchEvent(new Event('statechange'));
        return Promise.resolve();
      }
      createOscillator() {
        const tone = { frequency: { value: 0 }, loudness: 0, connect: (gain: { of: object | null }) => ((gain.of = tone), gain), start: () => {}, stop: () => {} };
        queueMicrotask(() => ears.heard.push({ hertz: tone.frequency.value, loudness: tone.loudness, at: Date.now() }));
        return tone;
      }
      createGain() {
        const gain = {
          of: null as { loudness: number } | null,
          gain: { setValueAtTime: () => {}, exponentialRampToValueAtTime: (to: number) => gain.of !== null && (gain.of.loudness = Math.max(gain.of.loudness, to)) },
          connect: (to: object) => to,
        };
        return gain;
      }
    }
    (window as unknown as { AudioContext: unknown }).AudioContext = Ear;
    localStorage.setItem('hub112.preferences', JSON.stringify({ language: 'en', theme: 'night', textSize: 100, sound: true }));
  }, asleep);
}

export const heard = (page: Page) => page.evaluate(() => (window as unknown as Heard).heard);
