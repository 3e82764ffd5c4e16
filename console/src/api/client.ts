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

/** The latest moment that an answer named, to the second. */
let latest = 0;

/** The hub's time as its answers say it, milliseconds since 1970: never ahead of it, and not more behind than the last answer is
 * old. It is there before the feed has told the time. */
export const hubTime = (): number => latest;

/** How long a question may hang: a line can be dead without saying so, and what waits for it would stand still. */
const HANGS_MS = 10_000;

/** The question with its end; one that the hub is asked to hold (`wait`, seconds) is given that much longer. */
function withEnd(request: Request): Request {
  if (request.signal.aborted) return request;
  const end = new AbortController();
  const wait = Number(new URL(request.url).searchParams.get('wait') ?? 0) * 1000;
  for (const one of [request.signal, AbortSignal.timeout(HANGS_MS + wait)]) one.addEventListener('abort', () => end.abort(one.reason), { once: true });
  return new Request(request, { signal: end.signal });
}

const KEY = 'Idempotency-Key';

/** Tells acts apart that say the same: what the person saw when they meant it. It does not leave the page. */
export const SEEN = 'X-Seen';

/** Keys of acts whose answer has not come, by address and content: whoever presses again means the same act, and the hub
 * does it once. */
const unanswered = new Map<string, string>();

async function keyOf(request: Request): Promise<string> {
  const act = `${request.url}\n${request.headers.get(SEEN) ?? ''}\n${await request.clone().text()}`;
  request.headers.delete(SEEN);
  const key = unanswered.get(act) ?? uuid();
  unanswered.set(act, key);
  return key;
}

/** The answer is here as a whole. One that says that it is not known, or not yet, leaves the act open. */
async function settle(key: string, response: Response): Promise<void> {
  const body = await response.clone().text();
  if (response.status >= 500 || (!response.ok && body.includes(':under-way"'))) return;
  for (const [act, held] of unanswered) if (held === key) unanswered.delete(act);
}

const isSignIn = (request: Request) => new URL(request.url).pathname === '/api/v1/sign-in';

const outfit: Middleware = {
  async onRequest({ request }) {
    for (const [name, value] of Object.entries(headers())) if (!(name === 'Authorization' && request.headers.has(name))) request.headers.set(name, value);
    if (request.method === 'POST' && !request.headers.has(KEY)) request.headers.set(KEY, await keyOf(request));
    return request.method === 'GET' ? withEnd(request) : request;
  },
  async onResponse({ request, response }) {
    // An answer out of the browser's own store names the moment at which it was first given.
    latest = Math.max(latest, Date.parse(response.headers.get('Date') ?? '') || 0);
    // A wrong password is no end of the sign-in, and an answer to a token that has been exchanged meanwhile says nothing of the new one.
    if (response.status === 401 && token !== null && !isSignIn(request) && request.headers.get('Authorization') === `Bearer ${token}`) expired();
    const key = request.headers.get(KEY);
    if (key !== null) await settle(key, response).catch((cause: unknown) => Promise.reject(Problem.unanswered(cause)));
  },
  onError: ({ request, error }) => (request.method === 'GET' ? Problem.unreachable(error) : Problem.unanswered(error)),
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
    throw cause instanceof Problem ? cause : Problem.unreachable(cause);
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
