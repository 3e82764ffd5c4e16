// What the console reaches, measured against a real hub and written to RESULTS.md: `npm run measure`.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { uuid } from '../src/api/uuid';
import { EventReader } from '../src/live/sse';
import { launch, open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { drive, multiply, register, somewhere } from './world/crowd';
import { reportBuildingFire } from './world/fire';
import { answer, frames, percentile } from './world/frames';
import { Hub } from './world/hub';
import { Typist } from './world/typist';

const UNITS = Number(process.env['CONSOLE_MEASURE_UNITS'] ?? 50_000);
const INCIDENTS = Number(process.env['CONSOLE_MEASURE_INCIDENTS'] ?? 5_000);
const RATE = 200;
const SECONDS = Number(process.env['CONSOLE_MEASURE_SECONDS'] ?? 20);

const rows: [string, string, string][] = [];
const row = (what: string, value: string, reach = '') => {
  rows.push([what, value, reach]);
  console.log(`${what}: ${value}${reach === '' ? '' : ` (reach: ${reach})`}`);
};
const ms = (n: number) => `${Math.round(n)} ms`;
const spread = (sorted: number[]) => `p50 ${ms(percentile(sorted, 0.5))}, p99 ${ms(percentile(sorted, 0.99))}, max ${ms(sorted.at(-1) ?? 0)}`;

afterAll(() => {
  const browser = spawnSync(process.env['HUB112_TEST_CHROMIUM'] ?? '/usr/bin/chromium', ['--version'], { encoding: 'utf8' }).stdout.trim();
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB; the hub, its database, its broker, the browser and what drives them are all on it`;
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  writeFileSync(
    join(import.meta.dirname, '../RESULTS.md'),
    `# What the console reaches

Written by \`npm run measure\` (with \`eval "$(../ops/test --env)"\` and a built console before it).

- Date: ${new Date().toISOString().slice(0, 10)}
- Machine: ${machine}
- Hub: ${process.env['CONSOLE_MEASURE_HUB'] ?? 'debug build'}
- Browser: ${browser}, 1920 × 1080, pictures drawn by the processor (SwiftShader): there is no graphics card in this machine
${process.env['CONSOLE_MEASURE_NOTE'] === undefined ? '' : `- Note: ${process.env['CONSOLE_MEASURE_NOTE']}\n`}
| what | measured | reach |
|---|---|---|
${table}
`,
  );
});

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
    row('building fire with casualties, first key to forces requested, 200 ms a key', `${task.keys} keys, ${task.seconds.toFixed(1)} s`, '≤ 20 s');
    expect(task.seconds).toBeLessThanOrEqual(20);
  });
}, 300_000);

/** Hears the feed as a console does, without a screen; gives the message and when it came. */
async function listen(hub: Hub, token: string, heard: (message: string, at: number) => void, stop: AbortSignal): Promise<void> {
  const response = await fetch(`${hub.url}/api/v1/feed`, { headers: { authorization: `Bearer ${token}` }, signal: stop });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const events = new EventReader();
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

/** Keeps, in the page, when each card was first on its screen. */
async function watchRows(page: Page): Promise<void> {
  await page.evaluate(() => {
    const shown: Record<string, number> = {};
    Object.assign(window, { shown });
    const look = () => {
      for (const row of document.querySelectorAll<HTMLElement>('[data-row]')) shown[row.dataset['row']!] ??= Date.now();
    };
    look();
    new MutationObserver(() => requestAnimationFrame(look)).observe(document.body, { childList: true, subtree: true });
  });
}

test(`a change is on every console at ${RATE} messages a second`, async () => {
  await withHub(async (hub, browser) => {
    const caller = await Caller.of(hub);
    const pages: Page[] = [];
    for (let n = 0; n < 2; n++) {
      const { page } = await open(browser, hub, { width: 1280, height: 800 });
      await signIn(page);
      await page.getByText('live', { exact: true }).waitFor();
      await watchRows(page);
      pages.push(page);
    }
    const stop = new AbortController();
    const heard: Map<string, number>[] = Array.from({ length: 18 }, () => new Map());
    const listening = heard.map((seen) => listen(hub, caller.token, (message, at) => void seen.set(message, at), stop.signal));

    // Fifty places where something goes on and people call again and again; twice a second something new.
    const places = Array.from({ length: 50 }, somewhere);
    const sent = new Map<string, number>();
    const opened = new Map<string, number>();
    const began = performance.now();
    const pending: Promise<unknown>[] = [];
    for (let n = 0; n < RATE * SECONDS; n++) {
      const wait = began + (n * 1000) / RATE - performance.now();
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      const fresh = n % (RATE / 2) === 0;
      const place = fresh ? somewhere() : places[n % places.length]!;
      const message = {
        id: uuid(),
        channel: 'call',
        received_at: new Date().toISOString(),
        sender: { kind: 'person', call_back: { kind: 'number', number: '+77011234567' } },
        text: fresh ? 'Мужчина упал, без сознания, не дышит' : 'Горит мусор у дороги, много дыма',
        location: { source: 'caller', fix: { point: place, uncertainty: { shape: 'circle', radius_m: 30 } } },
      };
      const at = Date.now();
      sent.set(message.id, at);
      pending.push(
        caller.ask<{ incident: string; opened?: boolean }>('POST', '/messages?region=75', message).then((taken) => {
          if (fresh) opened.set(taken.incident, opened.get(taken.incident) ?? at);
        }),
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
      for (const seen of heard) {
        const came = seen.get(message);
        if (came === undefined) missing++;
        else feed.push(came - at);
      }
    }
    feed.sort((a, b) => a - b);
    const screen: number[] = [];
    for (const page of pages) {
      const shown = await page.evaluate(() => (window as unknown as { shown: Record<string, number> }).shown);
      for (const [card, at] of opened) {
        if (shown[card] === undefined) missing++;
        else screen.push(shown[card] - at);
      }
    }
    screen.sort((a, b) => a - b);
    row(`${Math.round(sent.size / took)} messages/s for ${Math.round(took)} s: message sent → heard by ${heard.length} listeners of the feed`, spread(feed), 'max ≤ 1 s');
    row(`the same: message sent → its new card on the screen of ${pages.length} desks (${screen.length} cards)`, spread(screen), 'max ≤ 1 s');
    row('messages or cards that did not come', String(missing), '0');
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
    await signIn(page, 'manager');
    const began = performance.now();
    await page.goto(`${hub.url}/map`);
    await page.locator('.map[data-ready=true]').waitFor({ timeout: 180_000 });
    await expect.poll(async () => Number(await page.locator('.total strong').innerText()), { timeout: 180_000 }).toBeGreaterThanOrEqual(INCIDENTS);
    row(`from the address to ${INCIDENTS} incidents and ${UNITS} units on the map`, `${((performance.now() - began) / 1000).toFixed(1)} s`);
    await page.waitForTimeout(3_000);

    const shown = (name: string, found: Awaited<ReturnType<typeof frames>>) =>
      row(name, `${found.perSecond.toFixed(0)} frames/s; a frame p50 ${ms(found.p50)}, p95 ${ms(found.p95)}, longest ${ms(found.longest)}; ${found.slow.toFixed(1)} % over 100 ms; held up ${ms(found.heldUp)} of each second`);
    shown('all in view, nothing moves', await frames(page, 10));

    const stop = drive(caller, movers, 5_000);
    let moved = 0;
    const places = (async () => {
      for (const end = performance.now() + SECONDS * 4_000; performance.now() < end; moved++) {
        const id = cards.ids[moved % cards.ids.length]!;
        await officer.ask('PUT', `/incidents/${id}/location`, { source: 'officer', fix: { point: somewhere(), uncertainty: null } }, { 'if-match': '*' });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    shown('all in view, all units move every 5 s and incidents are moved', await frames(page, SECONDS));
    shown('the same while the map is dragged and zoomed', await frames(page, SECONDS, () => wander(page)));
    const keys = await answer(page, ['f', 'm', 'f', 'm', 'f', 'm', 'f', 'm', 'f', 'm']);
    row('the same: a key → the frame that shows it', `p50 ${ms(percentile(keys.shown, 0.5))}, longest ${ms(keys.shown.at(-1) ?? 0)}`);
    await page.goto(`${hub.url}/map?c=43.25000,76.92000,14.00`);
    await page.locator('.map[data-ready=true]').waitFor({ timeout: 180_000 });
    await page.waitForTimeout(5_000);
    shown('a quarter of the city (zoom 14), everything moves', await frames(page, SECONDS));
    const { told, seconds } = await stop();
    await places;
    row('what moved meanwhile', `${Math.round(told / seconds)} positions/s, ${(moved / (SECONDS * 4)).toFixed(0)} incidents/s`, `${UNITS / 5} positions/s`);
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
