// What the console reaches, measured against a real hub and written to RESULTS.md: `npm run measure`.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { uuid } from '../src/api/uuid';
import { EventReader } from '../src/live/sse';
import { launch, open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { drive, multiply, register, somewhere } from './world/crowd';
import { reportBuildingFire } from './world/fire';
import { answer, frames, Meter, percentile } from './world/frames';
import { heard, listen as giveEar } from './world/ear';
import { Hub } from './world/hub';
import { KEY_MS, Typist } from './world/typist';

const UNITS = Number(process.env['CONSOLE_MEASURE_UNITS'] ?? 50_000);
const INCIDENTS = Number(process.env['CONSOLE_MEASURE_INCIDENTS'] ?? 5_000);
const RATE = Number(process.env['CONSOLE_MEASURE_RATE'] ?? 200);
const SECONDS = Number(process.env['CONSOLE_MEASURE_SECONDS'] ?? 20);

const rows: [string, string, string][] = [];
/** Written as soon as it is known: a run that is stopped leaves what it has. */
const row = (what: string, value: string, reach = '') => {
  rows.push([what, value, reach]);
  console.log(`${what}: ${value}${reach === '' ? '' : ` (reach: ${reach})`}`);
  publish();
};
const ms = (n: number) => `${Math.round(n)} ms`;
const spread = (sorted: number[]) => `p50 ${ms(percentile(sorted, 0.5))}, p99 ${ms(percentile(sorted, 0.99))}, max ${ms(sorted.at(-1) ?? 0)}`;
const ascending = (numbers: number[]) => numbers.sort((a, b) => a - b);

const browserVersion = spawnSync(process.env['HUB112_TEST_CHROMIUM'] ?? '/usr/bin/chromium', ['--version'], { encoding: 'utf8' }).stdout.trim();
const hubBuild = /\/release\//.test(`${process.env['HUB112_TEST_PROGRAM'] ?? ''}/`) ? 'release build' : 'debug build';
const busy = () => Math.round((loadavg()[0] ?? 0) * 10) / 10;
const busyAtStart = busy();

function publish(): void {
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB; the hub, its database, its broker, the browser and what drives them are all on it`;
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  writeFileSync(
    join(import.meta.dirname, '../RESULTS.md'),
    `# What the console reaches

Written by \`npm run measure\` (with \`eval "$(../ops/test --env)"\` and a built console before it, and the release build of the
hub in \`HUB112_TEST_PROGRAM\`). "Page" is the thread that answers keys, "drawing" what makes pictures: milliseconds of a
processor in each second, which say what a thing costs however busy the machine is with others.

- Date: ${new Date().toISOString().slice(0, 10)}
- Machine: ${machine}; waiting for a processor when it began: ${busyAtStart} others, when it ended: ${busy()}
- Hub: ${hubBuild}
- Browser: ${browserVersion}, 1920 × 1080, pictures drawn by the processor (SwiftShader): there is no graphics card in this machine
${process.env['CONSOLE_MEASURE_NOTE'] === undefined ? '' : `- Note: ${process.env['CONSOLE_MEASURE_NOTE']}\n`}
| what | measured | reach |
|---|---|---|
${table}
`,
  );
}

async function withHub(work: (hub: Hub, browser: Browser) => Promise<void>): Promise<void> {
  const hub = await Hub.open();
  const browser = await launch();
  try {
    await work(hub, browser);
  } finally {
    await browser.close();
    await hub.close();
  }
}

test('the first load', async () => {
  await withHub(async (hub, browser) => {
    const seen = await open(browser, hub, { language: 'kk' });
    const { page, context } = seen;
    await signIn(page);
    // What the page after the sign-in still fetches is not counted with the load that is measured.
    await page.locator('.map[data-ready=true]').waitFor();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.clearBrowserCache');
    const sizes = new Map<string, number>();
    const names = new Map<string, string>();
    session.on('Network.responseReceived', (event) => void names.set(event.requestId, event.response.url));
    session.on('Network.loadingFinished', (event) => void sizes.set(event.requestId, event.encodedDataLength));
    await page.goto(`${hub.url}/desk`);
    await page.locator('.map[data-ready=true]').waitFor();
    let [own, library] = [0, 0];
    for (const [id, size] of sizes) {
      const name = names.get(id) ?? '';
      if (name.includes('/api/')) continue;
      if (/map-library|maplibre/.test(name)) library += size;
      else own += size;
    }
    row('first load of the duty desk, everything but the map library, as it comes over the wire', `${Math.round(own / 1000)} kB`, '≤ 500 kB');
    row('the map library, which comes after it', `${Math.round(library / 1000)} kB`);
    expect(own).toBeLessThanOrEqual(500_000);
    expect(seen.outside).toEqual([]);
  });
}, 300_000);

test('time on task', async () => {
  await withHub(async (hub, browser) => {
    await (await Caller.of(hub)).call('Застряли в лифте', 'улица Абая, 10', 43.2401, 76.9512, 20, 'ru');
    const { page } = await open(browser, hub, { language: 'ru' });
    await signIn(page);
    await page.locator('.queue li').first().waitFor();
    const task = await reportBuildingFire(page, new Typist(page));
    row('building fire with casualties, first key to forces requested, 200 ms a key', `${task.keys} keys, ${task.seconds.toFixed(1)} s, of which ${((task.keys * KEY_MS) / 1000).toFixed(1)} s keys and ${task.waited.toFixed(1)} s waiting`, '≤ 20 s');
  });
}, 300_000);

/** Hears the feed as a console does, without a screen; gives the message and when it came. `joined` is told once it listens:
 * what was sent before is not for it. */
async function listen(hub: Hub, token: string, joined: () => void, heard: (message: string, at: number) => void, stop: AbortSignal): Promise<void> {
  const response = await fetch(`${hub.url}/api/v1/feed`, { headers: { authorization: `Bearer ${token}` }, signal: stop });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const events = new EventReader();
  joined();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const at = Date.now();
      for (const sent of events.take(value)) {
        if (sent.event !== 'message_received') continue;
        heard((JSON.parse(sent.data) as { event: { message: { id: string } } }).event.message.id, at);
      }
    }
  } catch {
    // Ended on purpose.
  }
}

/** Keeps, in the page, when each card was first on its screen, and when each alarm. */
async function watchRows(page: Page): Promise<void> {
  await page.evaluate(() => {
    const shown: Record<string, number> = {};
    const alarmed: Record<string, number> = {};
    Object.assign(window, { shown, alarmed });
    const look = () => {
      for (const row of document.querySelectorAll<HTMLElement>('[data-row]')) shown[row.dataset['row']!] ??= Date.now();
    };
    const alarm = () => {
      const id = document.querySelector<HTMLElement>('[data-alarm]')?.dataset['alarm'];
      if (id !== undefined) alarmed[id] ??= Date.now();
    };
    look();
    new MutationObserver(() => (requestAnimationFrame(look), alarm())).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-alarm'] });
  });
}

/** The card has come to the page, if it has a queue, and for two seconds nothing has held the page up. */
async function atRest(page: Page, card: string): Promise<void> {
  if ((await page.locator('.queue').count()) > 0) await page.locator(`[data-row="${card}"]`).waitFor();
  await page.evaluate(
    () =>
      new Promise<void>((rest) => {
        let timer = setTimeout(rest, 2_000);
        new PerformanceObserver(() => (clearTimeout(timer), (timer = setTimeout(rest, 2_000)))).observe({ entryTypes: ['longtask'] });
      }),
  );
}

/** Of threats to life that were called in: milliseconds until each was in sight and until it was heard. Of two that come
 * in together the bar names the newer alone. */
async function alarmed(page: Page, called: ReadonlyMap<string, number>): Promise<{ seen: number[]; heard: number[] }> {
  const when = await page.evaluate(() => (window as unknown as { alarmed: Record<string, number> }).alarmed);
  // The pair of tones begins with the high one; one that was heard before the card was in sight is another card's.
  const tones = (await heard(page)).filter(({ hertz }) => hertz === 988).map(({ at }) => at);
  const [seen, told]: number[][] = [[], []];
  for (const [id, at] of called) {
    if (when[id] === undefined) continue;
    seen!.push(when[id] - at);
    const tone = tones.find((tone) => tone >= when[id]! - 100);
    if (tone !== undefined) told!.push(tone - at);
  }
  return { seen: ascending(seen!), heard: ascending(told!) };
}

const THREAT = 'Мужчина упал, без сознания, не дышит';

test(`a change is on every console at ${RATE} messages a second`, async () => {
  await withHub(async (hub, browser) => {
    const caller = await Caller.of(hub);
    const pages: Page[] = [];
    for (let n = 0; n < 2; n++) {
      const { page, context } = await open(browser, hub, { width: 1280, height: 800 });
      await giveEar(context);
      await page.reload();
      await signIn(page);
      await page.getByText('live', { exact: true }).waitFor();
      // The one looks at the desk, the other is busy elsewhere in the console.
      if (n === 1) await page.goto(`${hub.url}/directives`);
      await page.getByText('live', { exact: true }).waitFor();
      await watchRows(page);
      pages.push(page);
    }
    // A desk that is being worked at: its map is drawn, a card has been on it, and the page has come to rest.
    const first = await caller.call('Застряли в лифте', 'улица Абая, 10', 43.2401, 76.9512, 20, 'ru');
    await pages[0]!.locator('.map[data-ready=true]').waitFor();
    for (const page of pages) await atRest(page, first);
    const stop = new AbortController();
    const ears: Map<string, number>[] = Array.from({ length: 18 }, () => new Map());
    const listening: Promise<void>[] = [];
    await Promise.all(ears.map((seen) => new Promise<void>((joined) => listening.push(listen(hub, caller.token, joined, (message, at) => void seen.set(message, at), stop.signal)))));

    // Fifteen places where something goes on and people call again and again; twice a second something new. No more cards than the
    // queue has rows before it is scrolled: what stands further down is made when somebody looks there.
    const places = Array.from({ length: 15 }, somewhere);
    const sent = new Map<string, number>();
    const refused = new Set<string>();
    const opened = new Map<string, number>();
    const threats = new Map<string, number>();
    const began = performance.now();
    const pending: Promise<unknown>[] = [];
    for (let n = 0; n < RATE * SECONDS; n++) {
      const wait = began + (n * 1000) / RATE - performance.now();
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      const fresh = n % (RATE / 2) === 0;
      // Every fourth second one of them threatens a life.
      const threat = n % (RATE * 4) === 0;
      const place = fresh ? somewhere() : places[n % places.length]!;
      const message = {
        id: uuid(),
        channel: 'call',
        received_at: new Date().toISOString(),
        sender: { kind: 'person', call_back: { kind: 'number', number: '+77011234567' } },
        text: threat ? THREAT : fresh ? 'Застряли в лифте, пострадавших нет' : 'Горит мусор у дороги, много дыма',
        location: { source: 'caller', fix: { point: place, uncertainty: { shape: 'circle', radius_m: 30 } } },
      };
      const at = Date.now();
      sent.set(message.id, at);
      pending.push(
        caller.ask<{ incident: string }>('POST', '/messages?region=75', message).then(
          (taken) => {
            if (fresh && !opened.has(taken.incident)) opened.set(taken.incident, at);
            if (threat) threats.set(taken.incident, at);
          },
          () => void refused.add(message.id),
        ),
      );
    }
    await Promise.all(pending);
    const took = (performance.now() - began) / 1000;
    await pages[0]!.waitForTimeout(5_000);
    stop.abort();
    await Promise.all(listening);

    const feed: number[] = [];
    let missing = 0;
    for (const [message, at] of sent) {
      if (refused.has(message)) continue;
      for (const seen of ears) {
        const came = seen.get(message);
        if (came === undefined) missing++;
        else feed.push(came - at);
      }
    }
    feed.sort((a, b) => a - b);
    const screen: number[] = [];
    const shown = await pages[0]!.evaluate(() => (window as unknown as { shown: Record<string, number> }).shown);
    for (const [card, at] of opened) {
      if (shown[card] === undefined) missing++;
      else screen.push(shown[card] - at);
    }
    ascending(screen);
    row(`${Math.round(sent.size / took)} messages/s for ${Math.round(took)} s: message sent → heard by ${ears.length} listeners of the feed`, spread(feed), 'max ≤ 1 s');
    row(`the same: message sent → its new card in the queue of a desk that was open before (${screen.length} cards)`, spread(screen), 'max ≤ 1 s');
    for (const [place, page] of [['at the desk', pages[0]!], ['at another screen', pages[1]!]] as const) {
      const found = await alarmed(page, threats);
      row(`the same, ${place}: a threat to life called in → the alarm is in sight (${found.seen.length} of ${threats.size})`, spread(found.seen), 'max ≤ 1 s');
      row(`the same, ${place}: → the alarm is heard (${found.heard.length} of ${threats.size})`, spread(found.heard), 'max ≤ 1 s');
    }
    row('messages that the hub did not take; messages or cards that did not come', `${refused.size}; ${missing}`, '0; 0');
    expect(missing).toBe(0);
  });
}, 600_000);

test(`the map with ${UNITS} units and ${INCIDENTS} incidents that move`, async () => {
  await withHub(async (hub, browser) => {
    let caller = await Caller.of(hub, 'administrator');
    const officer = await Caller.of(hub);
    await hub.kill();
    const movers = register(hub, UNITS);
    await hub.start(300_000);
    const cards = await (async () => {
      const source = await Caller.of(hub);
      const card = await source.call('Горит мусор у дороги', 'проспект Райымбека, 210', 43.2709, 76.9301, 50, 'ru');
      return multiply(await source.ask('GET', `/incidents/${card}`), INCIDENTS);
    })();
    await hub.kill();
    hub.copy('incident', cards.rows);
    await hub.start(300_000);
    caller = await Caller.of(hub, 'administrator');

    const seen = await open(browser, hub, { language: 'ru' });
    const { page } = seen;
    await giveEar(seen.context);
    await page.reload();
    await signIn(page);
    const began = performance.now();
    await page.goto(`${hub.url}/map`);
    await page.locator('.map[data-ready=true]').waitFor({ timeout: 180_000 });
    await expect.poll(async () => Number(await page.locator('.total strong').innerText().catch(() => '0')), { timeout: 180_000 }).toBeGreaterThanOrEqual(INCIDENTS);
    row(`from the address to ${INCIDENTS} incidents and ${UNITS} units on the map`, `${((performance.now() - began) / 1000).toFixed(1)} s`);
    await page.waitForTimeout(3_000);

    const meter = await Meter.of(browser, page);
    const watch = async (name: string, seconds: number, meanwhile?: () => Promise<void>) => {
      await meter.begin();
      const found = await frames(page, seconds, meanwhile);
      const cost = await meter.end();
      row(name, `${found.perSecond.toFixed(0)} frames/s; a frame p50 ${ms(found.p50)}, p95 ${ms(found.p95)}, longest ${ms(found.longest)}; held up ${ms(found.heldUp)} of each second; page ${ms(cost.page)}, drawing ${ms(cost.drawing)}`);
    };
    const press = async (name: string, keys: string[]) => {
      const found = await answer(page, keys);
      row(`${name}: a key → the page has answered it`, `p50 ${ms(percentile(found.done, 0.5))}, p95 ${ms(percentile(found.done, 0.95))}`, 'p95 ≤ 200 ms');
      row(`${name}: a key → its picture`, `p50 ${ms(percentile(found.shown, 0.5))}, p95 ${ms(percentile(found.shown, 0.95))}`);
    };
    const twenty = (...keys: string[]) => Array.from({ length: 20 }, (_, n) => keys[n % keys.length]!);

    await watch('all in view, nothing moves', 5);
    const stop = drive(caller, movers, 5_000);
    let [moved, moving] = [0, true];
    const since = performance.now();
    const places = (async () => {
      for (; moving; moved++) {
        const id = cards.ids[moved % cards.ids.length]!;
        await officer.ask('PUT', `/incidents/${id}/location`, { source: 'officer', fix: { point: somewhere(), uncertainty: null } }, { 'if-match': '*' });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    await watch('all in view, all units move every 5 s and incidents are moved', SECONDS / 2);
    await press('the same', twenty('f', 'm'));
    await watch('the same while the map is dragged and zoomed', SECONDS / 2, () => wander(page));
    // New threats to life, among hundreds that nobody has acknowledged.
    await watchRows(page);
    const threats = new Map<string, number>();
    for (let n = 0; n < 4; n++) {
      const { lat, lon } = somewhere();
      const at = Date.now();
      threats.set(await officer.call(THREAT, `улица Абая, ${n}`, lat, lon, 20, 'ru'), at);
      await page.waitForTimeout(2_000);
    }
    const found = await alarmed(page, threats);
    row(`the same: a threat to life called in → the alarm is in sight (${found.seen.length} of ${threats.size})`, spread(found.seen), 'max ≤ 1 s');
    row(`the same: → the alarm is heard (${found.heard.length} of ${threats.size})`, spread(found.heard), 'max ≤ 1 s');
    await page.goto(`${hub.url}/map?c=43.25000,76.92000,14.00`);
    await page.locator('.map[data-ready=true]').waitFor({ timeout: 180_000 });
    await page.waitForTimeout(4_000);
    await watch('a quarter of the city (zoom 14), everything moves', SECONDS / 2);
    await page.goto(`${hub.url}/desk`);
    await page.locator('.queue li').first().waitFor({ timeout: 180_000 });
    await page.waitForTimeout(4_000);
    await watch('the duty desk of the same, everything moves', SECONDS / 2);
    await press('the same', twenty('j', 'j', 'k'));
    moving = false;
    const { told, seconds } = await stop();
    await places;
    row('what moved meanwhile', `${Math.round(told / seconds)} positions/s, ${Math.round((1000 * moved) / (performance.now() - since))} incidents/s`, `${UNITS / 5} positions/s`);
    expect([seen.outside, seen.errors]).toEqual([[], []]);
  });
}, 1_200_000);

async function wander(page: Page): Promise<void> {
  const box = (await page.locator('.map').boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  for (let turn = 0; turn < 4; turn++) {
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    await page.mouse.move(middle.x + (turn % 2 === 0 ? 200 : -200), middle.y + 60, { steps: 20 });
    await page.mouse.up();
    await page.mouse.wheel(0, turn % 2 === 0 ? -300 : 300);
    await page.waitForTimeout(500);
  }
}
