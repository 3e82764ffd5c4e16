import { afterEach, expect, test, vi } from 'vitest';
import { asked, hub, SEEN } from './client';
import type { Problem } from './problem';

afterEach(() => vi.unstubAllGlobals());

type Answer = () => Response | Promise<Response>;

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
const lost: Answer = () => Promise.reject(new TypeError('network'));
const broken: Answer = () => new Response(new ReadableStream({ start: (body) => body.error(new TypeError('cut')) }), { status: 200 });
const problem = (status: number, kind: string): Answer => () => json(status, { type: `urn:hub112:problem:${kind}`, detail: '' });
const done: Answer = () => json(200, {});

/** Says the same note with each answer in turn; the keys that went out and what came of each. */
async function pressed(answers: Answer[], text: (place: number) => string = () => answers.length.toString()) {
  const keys: (string | null)[] = [];
  const came: string[] = [];
  for (const [place, answer] of answers.entries()) {
    vi.stubGlobal('fetch', (request: Request) => {
      keys.push(request.headers.get('Idempotency-Key'));
      return Promise.resolve().then(answer);
    });
    const call = hub.POST('/api/v1/incidents/{id}/notes', {
      params: { path: { id: 'a' }, header: { 'If-Match': `"${place}"` } },
      body: { text: text(place) },
      fetch: (request: Request) => fetch(request),
    });
    came.push(await asked(call).then(() => 'done', (one: Problem) => one.kind));
  }
  return { keys, came };
}

test.each([
  ['lost', lost, 'unanswered'],
  ['cut off in the middle', broken, 'unanswered'],
  ['that the first is still under way', problem(409, 'under-way'), 'under-way'],
  ['that the hub cannot say', problem(503, 'unavailable'), 'unavailable'],
] as const)('an answer %s leaves the act open: pressed again it is the same act', async (_, first, kind) => {
  const { keys, came } = await pressed([first, done, done], () => `note ${kind} ${String(first)}`);
  expect(came).toEqual([kind, 'done', 'done']);
  expect(keys[0]).not.toBeNull();
  expect(keys[1]).toBe(keys[0]);
  // It has been answered: who says the same once more means it once more.
  expect(keys[2]).not.toBe(keys[0]);
});

test('a refusal is an answer', async () => {
  const { keys } = await pressed([problem(412, 'stale'), done], () => 'refused');
  expect(keys[1]).not.toBe(keys[0]);
});

test('another content is another act', async () => {
  const { keys } = await pressed([lost, lost], (place) => `other ${place}`);
  expect(keys[1]).not.toBe(keys[0]);
});

test('the same after something else was seen is another act, and what was seen stays on the page', async () => {
  const sent: Request[] = [];
  const ask = (seen: string, answer: Answer) => {
    const post = hub.POST('/api/v1/incidents/{id}/forces', {
      params: { path: { id: 'b' } },
      headers: { [SEEN]: seen },
      body: { forces: [] },
      fetch: (request: Request) => (sent.push(request), Promise.resolve().then(answer)),
    });
    return asked(post).catch(() => null);
  };
  await ask('0', lost);
  await ask('0', lost);
  await ask('3', done);
  const keys = sent.map((request) => request.headers.get('Idempotency-Key'));
  expect(keys[1], 'nothing new is in sight: it is the same wave').toBe(keys[0]);
  expect(keys[2], 'the card shows the wave: this is the next').not.toBe(keys[0]);
  expect(sent.map((request) => request.headers.has(SEEN))).toEqual([false, false, false]);
});

test('a question that is not answered has changed nothing', async () => {
  const call = hub.GET('/api/v1/incidents/{id}', { params: { path: { id: 'a' } }, fetch: () => Promise.reject(new TypeError('network')) });
  await expect(asked(call)).rejects.toMatchObject({ kind: 'unreachable' });
});

test('a question that hangs ends by itself, one that the hub holds after its time; its asker may end it before', async () => {
  const ends: number[] = [];
  // A real line holds its request; here it would be swept away.
  const held: Request[] = [];
  const hanging = (request: Request) =>
    new Promise<Response>((_, end) => {
      held.push(request);
      const stop = () => end(request.signal.reason);
      if (request.signal.aborted) stop();
      request.signal.addEventListener('abort', stop);
    });
  const controller = new AbortController();
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    ends.push(ms);
    const late = new AbortController();
    setTimeout(() => late.abort(new DOMException('late', 'TimeoutError')), 1);
    return late.signal;
  });
  await expect(asked(hub.GET('/api/v1/incidents/{id}', { params: { path: { id: 'a' } }, fetch: hanging }))).rejects.toMatchObject({ kind: 'unreachable' });
  const waiting = hub.GET('/api/v1/agency/inbox', { params: { query: { wait: 25 } }, fetch: hanging, signal: controller.signal });
  controller.abort();
  await expect(asked(waiting)).rejects.toMatchObject({ kind: 'unreachable' });
  expect(ends).toEqual([10_000, 35_000]);
  timeout.mockRestore();
});
