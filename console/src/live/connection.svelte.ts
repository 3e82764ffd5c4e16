// Whether what is shown is live, and how old it is.

export type Line = 'off' | 'connecting' | 'live' | 'broken';

class Connection {
  line = $state<Line>('off');
  /** When something last came from the hub, by this machine's clock, milliseconds since 1970. */
  heardAt = $state(0);
  /** Since when the line is broken. */
  brokenSince = $state<number | null>(null);

  heard(): void {
    this.heardAt = Date.now();
  }

  opened(): void {
    this.line = 'live';
    this.brokenSince = null;
    this.heard();
  }

  broke(): void {
    this.line = 'broken';
    this.brokenSince ??= this.heardAt || Date.now();
  }

  reset(): void {
    this.line = 'off';
    this.heardAt = 0;
    this.brokenSince = null;
  }
}

export const connection = new Connection();
