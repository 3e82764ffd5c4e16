// The sounds of the desk: one tone a priority, made here, for nothing is loaded from elsewhere. A browser keeps a page
// silent until somebody has touched it: that is said in the banner, for an alarm that nobody hears is none.

interface Tone {
  hertz: number;
  /** Seconds from the beginning. */
  from: number;
  seconds: number;
}

/** How often an alarm has to come back, and how loud, while nobody acknowledges it. */
export interface Urge {
  everyMs: number;
  loudness: number;
  pairs: number;
}

const URGES: readonly (Urge & { afterMs: number })[] = [
  { afterMs: 0, everyMs: 5000, loudness: 0.25, pairs: 2 },
  { afterMs: 15_000, everyMs: 3500, loudness: 0.45, pairs: 3 },
  { afterMs: 45_000, everyMs: 2500, loudness: 0.8, pairs: 4 },
];

/** The step of an alarm that has waited this long. */
export const stepOf = (waitedMs: number): number => Math.max(0, URGES.findLastIndex((one) => waitedMs >= one.afterMs));

/** With every step louder, longer and more often. */
export const urgeOf = (step: number): Urge => URGES[step] ?? URGES.at(-1)!;

class Sound {
  /** The browser lets nothing be heard until a key is pressed or the page is clicked. */
  blocked = $state(false);
  #audio: AudioContext | null = null;

  constructor() {
    if (typeof window === 'undefined') return;
    const wake = () => void this.#awake().resume();
    for (const touch of ['keydown', 'pointerdown'] as const) addEventListener(touch, wake, { capture: true, passive: true });
  }

  /** Looks whether it could be heard: at start, before the first alarm. */
  prepare(): void {
    this.#awake();
  }

  /** Threat to life: falling pairs. */
  alarm({ loudness, pairs }: Urge): void {
    const tones = Array.from({ length: pairs }, (_, at): Tone[] => [
      { hertz: 988, from: at * 0.5, seconds: 0.22 },
      { hertz: 740, from: at * 0.5 + 0.22, seconds: 0.22 },
    ]);
    this.#play(tones.flat(), loudness);
  }

  /** A service is asked for forces: equal pairs. */
  request({ loudness, pairs }: Urge): void {
    this.#play(Array.from({ length: pairs }, (_, at) => ({ hertz: 880, from: at * 0.35, seconds: 0.25 })), loudness);
  }

  /** New and urgent: two equal tones. */
  urgent(): void {
    this.#play([{ hertz: 660, from: 0, seconds: 0.18 }, { hertz: 660, from: 0.28, seconds: 0.18 }], 0.3);
  }

  /** New: one soft tone. */
  ordinary(): void {
    this.#play([{ hertz: 523, from: 0, seconds: 0.14 }], 0.15);
  }

  /** Something that a clause demands is late: low and falling. */
  late(): void {
    this.#play([{ hertz: 392, from: 0, seconds: 0.3 }, { hertz: 294, from: 0.32, seconds: 0.45 }], 0.3);
  }

  #awake(): AudioContext {
    if (this.#audio === null) {
      const audio = new AudioContext();
      const look = () => (this.blocked = audio.state === 'suspended');
      audio.addEventListener('statechange', look);
      look();
      this.#audio = audio;
    }
    return this.#audio;
  }

  #play(tones: readonly Tone[], loudness: number): void {
    const audio = this.#awake();
    if (audio.state === 'suspended') return;
    for (const { hertz, from, seconds } of tones) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const start = audio.currentTime + from;
      tone.frequency.value = hertz;
      tone.connect(volume).connect(audio.destination);
      volume.gain.setValueAtTime(0.0001, start);
      volume.gain.exponentialRampToValueAtTime(loudness, start + 0.02);
      volume.gain.setValueAtTime(loudness, start + seconds - 0.05);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + seconds);
      tone.start(start);
      tone.stop(start + seconds);
    }
  }
}

export const sound = new Sound();
