// The typed client: the token, the language, a key for every POST, and errors as problems.
import createClient, { type Middleware } from 'openapi-fetch';
import { Problem } from './problem';
import type { paths } from './schema';
import { uuid } from './uuid';

/** Who is told of a token that is not valid any more. */
type Expired = () => void;

let token: string | null = null;
let language = 'kk';
let expired: Expired = () => {};

export function useToken(next: string | null, whenExpired: Expired = () => {}): void {
  token = next;
  expired = whenExpired;
}

export function askIn(next: string): void {
  language = next;
}

/** The headers of every request. */
export function headers(): Record<string, string> {
  const own: Record<string, string> = { 'Accept-Language': language };
  if (token !== null) own['Authorization'] = `Bearer ${token}`;
  return own;
}

const outfit: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headers())) request.headers.set(name, value);
    // The same request may reach the hub twice over a bad line; with a key it has one effect.
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', uuid());
    }
    return request;
  },
  onResponse({ response }) {
    if (response.status === 401 && token !== null) expired();
    return undefined;
  },
};

export const hub = createClient<paths>({ baseUrl: typeof location === 'undefined' ? 'http://hub' : location.origin });
hub.use(outfit);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

async function answered<T>(call: Promise<Answer<T>>): Promise<Answer<T>> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (cause) {
    throw Problem.unreachable(cause);
  }
  if (!answer.response.ok) throw Problem.of(answer.error, answer.response);
  return answer;
}

/** The answer's body, or a `Problem` thrown. */
export async function asked<T>(call: Promise<Answer<T>>): Promise<T> {
  return (await answered(call)).data as T;
}

/** The same with the version that the answer's ETag says. */
export async function askedVersion<T>(call: Promise<Answer<T>>): Promise<{ value: T; version: number | null }> {
  const { data, response } = await answered(call);
  const tag = /^"(\d+)"$/.exec(response.headers.get('ETag') ?? '');
  return { value: data as T, version: tag === null ? null : Number(tag[1]) };
}

export type ForVersion = { 'If-Match': string } | { 'If-None-Match': string };

/** The header of a change that is meant for a version, or for what is not there yet. */
export const forVersion = (version: number | null): ForVersion => (version === null ? { 'If-None-Match': '*' } : ifMatch(version));

/** The `If-Match` of a version. */
export function ifMatch(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` };
}
