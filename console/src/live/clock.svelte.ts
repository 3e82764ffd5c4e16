// The hub's time: timers run by it, not by this machine's clock.

class Clock {
  /** The hub's time, milliseconds since 1970, renewed every second. */
  now = $state(Date.now());
  #offset = 0;

  /** Sets the difference to the hub's clock. */
  set(hub: Date): void {
    this.#offset = hub.getTime() - Date.now();
    this.tick();
  }

  tick(): void {
    this.now = Date.now() + this.#offset;
  }
}

export const clock = new Clock();

if (typeof window !== 'undefined') setInterval(() => clock.tick(), 1000);
