// The live feed over a connection that breaks: it goes on where it was, tries again with growing pauses, and takes a
// line that says nothing for longer than the hub ever is silent for broken.
import { headers } from '../api/client';
import { EventReader } from './sse';
import type { Stirred } from './stirs';

/** One event as it became durable. */
export interface FeedEvent {
  stream: string;
  seq: number;
  at: string;
  by: string;
  event: { event: string } & Record<string, unknown>;
}

export interface Listener {
  /** The line is open. `resumed` says whether nothing can be missing since the last time. */
  opened(resumed: boolean): void;
  /** Something came: now the data are as fresh as this. */
  heard(hubTime: Date | null): void;
  events(events: FeedEvent[]): void;
  /** Something changed that no event tells. */
  stirred(what: Stirred): void;
  /** The line is broken. */
  broken(): void;
  /** The token is not valid any more; with another one it goes on where it was. */
  refused(): void;
}

/** The hub speaks at least every three seconds. */
const SILENCE_MS = 9_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

export class Feed {
  #listener: Listener;
  #last: string | null = null;
  #stop = new AbortController();
  #pause = FIRST_PAUSE_MS;
  #wake = () => {};

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Tries at once, where it waits for its next try. */
  hurry(): void {
    this.#pause = FIRST_PAUSE_MS;
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#listen();
      } catch {
        // Whatever it was, the line is broken; the loop tries again.
      }
      if (this.#stop.signal.aborted) return;
      this.#listener.broken();
      await this.#rest(this.#pause * (0.75 + Math.random() / 2));
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
    }
  }

  async #listen(): Promise<void> {
    const line = new AbortController();
    const end = () => line.abort();
    this.#stop.signal.addEventListener('abort', end);
    let silence = setTimeout(end, SILENCE_MS);
    try {
      const resumed = this.#last !== null;
      const response = await fetch('/api/v1/feed', {
        headers: { ...headers(), Accept: 'text/event-stream', ...(resumed ? { 'Last-Event-ID': this.#last! } : {}) },
        cache: 'no-store',
        signal: line.signal,
      });
      if (response.status === 401) {
        this.#listener.refused();
        return;
      }
      if (response.status === 422) this.#last = null;
      if (!response.ok || response.body === null) return;
      this.#pause = FIRST_PAUSE_MS;
      this.#listener.opened(resumed);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const events = new EventReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(silence);
        silence = setTimeout(end, SILENCE_MS);
        this.#take(events, value);
      }
    } finally {
      clearTimeout(silence);
      this.#stop.signal.removeEventListener('abort', end);
    }
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#stop.signal.removeEventListener('abort', end);
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#stop.signal.addEventListener('abort', end);
      this.#wake = end;
    });
  }

  #take(reader: EventReader, text: string): void {
    const events: FeedEvent[] = [];
    let hubTime: Date | null = null;
    for (const sent of reader.take(text)) {
      if (sent.event === 'beat') {
        hubTime = new Date((JSON.parse(sent.data) as { now: string }).now);
        continue;
      }
      if (sent.event === 'stirred') {
        this.#listener.stirred(JSON.parse(sent.data) as Stirred);
        continue;
      }
      if (sent.id !== null) this.#last = sent.id;
      events.push(JSON.parse(sent.data) as FeedEvent);
    }
    this.#listener.heard(hubTime);
    if (events.length > 0) this.#listener.events(events);
  }
}
