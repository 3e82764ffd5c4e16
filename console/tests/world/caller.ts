// What reaches the hub from outside while somebody is at the console: callers and other officers.
import { uuid } from '../../src/api/uuid';
import { PASSWORDS, type Account, type Hub } from './hub';

export class Caller {
  readonly #hub: Hub;
  /** For what asks by itself. */
  readonly token: string;

  private constructor(hub: Hub, token: string) {
    this.#hub = hub;
    this.token = token;
  }

  static of(hub: Hub, name: Account = 'duty_officer'): Promise<Caller> {
    return Caller.as(hub, name, PASSWORDS[name]);
  }

  static async as(hub: Hub, name: string, password: string): Promise<Caller> {
    const answer = await fetch(`${hub.url}/api/v1/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, password }),
    });
    return new Caller(hub, ((await answer.json()) as { token: string }).token);
  }

  async ask<T>(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<T> {
    const answer = await fetch(`${this.#hub.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  /** A call, and what its taker ticked as its category; the card that it opened or joined. */
  async call(text: string, address: string, lat: number, lon: number, radius = 80, language?: string, category?: string): Promise<string> {
    const message = {
      id: uuid(),
      channel: 'call',
      received_at: new Date().toISOString(),
      sender: { kind: 'person', name: 'Айгүл', call_back: { kind: 'number', number: '+77011234567' } },
      text,
      ...(language === undefined ? {} : { language }),
      ...(category === undefined ? {} : { category }),
      location: { source: 'caller', address, fix: { point: { lat, lon }, uncertainty: { shape: 'circle', radius_m: radius } } },
    };
    const taken = await this.ask<{ incident: string }>('POST', '/messages?region=75', message);
    return taken.incident;
  }
}
