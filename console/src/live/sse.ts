// Server-sent events out of a byte stream (WHATWG HTML, 9.2.6). EventSource cannot send a token, so we read ourselves.

export interface Sent {
  id: string | null;
  event: string;
  data: string;
}

export class EventReader {
  #rest = '';
  #id: string | null = null;
  #event = '';
  #data: string[] = [];

  /** Events that are complete after this piece of text. */
  take(text: string): Sent[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    const complete: Sent[] = [];
    for (const line of lines) {
      const sent = this.#line(line.endsWith('\r') ? line.slice(0, -1) : line);
      if (sent !== null) complete.push(sent);
    }
    return complete;
  }

  #line(line: string): Sent | null {
    if (line === '') {
      const sent = this.#data.length > 0 ? { id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') } : null;
      this.#id = null;
      this.#event = '';
      this.#data = [];
      return sent;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'id') this.#id = value;
    else if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    return null;
  }
}
