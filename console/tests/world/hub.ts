// A hub of a test's own: its own database, virtual host and port on the servers that `ops/test` started, with the demo
// region's units and, where a test wants them, reference agencies. It can be killed and started again.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until';

const ROOT = join(import.meta.dirname, '../../..');

function told(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run ops/test, or eval "$(ops/test --env)" first`);
  return value;
}

/** The debug build, or the one that HUB112_TEST_PROGRAM names. */
const program = () => process.env['HUB112_TEST_PROGRAM'] ?? join(process.env['CARGO_TARGET_DIR'] ?? join(ROOT, 'target'), 'debug/hub112');

const withPath = (url: string, path: string) => url.replace(/\/[^/]*$/, `/${path}`);

/** A port that was free a moment ago, below those that Linux lends out for outgoing connections. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.on('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

export const PASSWORDS = {
  duty_officer: 'korgan-tanerten-7',
  manager: 'basshy-tanerten-7',
  administrator: 'akimshi-tanerten-7',
} as const;

export type Account = keyof typeof PASSWORDS;

export class Hub {
  url = '';
  readonly name = `hub112_console_${process.pid}_${Math.floor(performance.now())}`;
  readonly #dir = mkdtempSync(join(tmpdir(), 'hub112-console-'));
  readonly #agencies: ChildProcess[] = [];
  #port = 0;
  #process: ChildProcess | null = null;

  static async open({ demo = false, regions = ['75'] } = {}): Promise<Hub> {
    const hub = new Hub();
    await hub.#prepare(demo, regions);
    await hub.start();
    hub.#run(['load', join(ROOT, 'gis/demo/units.csv'), '--stations', join(ROOT, 'gis/demo/stations.csv'), '--url', hub.url], { HUB112_OPS_PASSWORD: PASSWORDS.administrator });
    return hub;
  }

  async #prepare(demo: boolean, regions: string[]): Promise<void> {
    this.#sql(`CREATE DATABASE ${this.name}`);
    await this.#management('PUT', `vhosts/${this.name}`);
    const user = new URL(told('HUB112_TEST_AMQP_URL')).username;
    await this.#management('PUT', `permissions/${this.name}/${user}`, { configure: '.*', write: '.*', read: '.*' });
    this.#port = await freePort();
    this.url = `http://127.0.0.1:${this.#port}`;
    writeFileSync(
      this.#settings,
      `listen = "127.0.0.1:${this.#port}"
regions = ${JSON.stringify(regions)}
demo = ${demo}
spool_dir = "${this.#dir}/spool"
console = "${join(ROOT, 'console/dist')}"
[database]
url = "${withPath(told('HUB112_TEST_PG_URL'), this.name)}"
[broker]
url = "${withPath(told('HUB112_TEST_AMQP_URL'), this.name)}"
management_url = "${told('HUB112_TEST_MQ_MANAGEMENT_URL')}"
[log]
format = "text"
level = "warn"
`,
    );
    this.#run(['migrate']);
    for (const [role, password] of Object.entries(PASSWORDS)) this.#run(['account', 'put', role, '--role', role], {}, password);
  }

  get #settings(): string {
    return join(this.#dir, 'hub112.toml');
  }

  async start(within = 60_000): Promise<void> {
    const log = openSync(join(this.#dir, 'hub.log'), 'a');
    this.#process = spawn(program(), ['serve'], { env: this.#environment(), stdio: ['ignore', log, log] });
    await until('the hub is ready', async () => (await fetch(`${this.url}/health/ready`).catch(() => null))?.ok === true, within, () =>
      readFileSync(join(this.#dir, 'hub.log'), 'utf8').slice(-3000),
    );
  }

  /** SIGKILL: nothing is flushed, nobody is told. */
  async kill(): Promise<void> {
    await ended(this.#process, 'SIGKILL');
    this.#process = null;
  }

  /** The reference agency of a service, as a process that knows only the contract. */
  agency(service: string): void {
    const address = this.#run(['account', 'broker', '--region', '75', '--service', service], {}, `agency-${service}-12345`).trim();
    const log = openSync(join(this.#dir, `agency-${service}.log`), 'a');
    const env = { ...this.#environment(), HUB112_AGENCY_AMQP: address };
    this.#agencies.push(
      spawn(program(), ['agency', '--region', '75', '--service', service, '--speed-up', '60'], { env, stdio: ['ignore', log, log] }),
    );
  }

  /** Writes entities straight into a read table. The hub must be down: it reads them when it starts. */
  copy(table: 'unit' | 'incident', rows: string[]): void {
    const statements = `CREATE TEMP TABLE given (state jsonb);
\\copy given FROM pstdin WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')
INSERT INTO ${table} (region, id, open, version, state, updated_at) SELECT '75', state ->> 'id', true, 1, state, now() FROM given;
ANALYZE ${table};`;
    const script = join(this.#dir, 'copy.sql');
    writeFileSync(script, statements);
    const done = spawnSync('psql', ['--quiet', '--no-psqlrc', '--set', 'ON_ERROR_STOP=1', '--file', script, withPath(told('HUB112_TEST_PG_URL'), this.name)], {
      input: `${rows.join('\n')}\n`,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (done.status !== 0) throw new Error(`copy into ${table}: ${done.stderr || String(done.error)}`);
  }

  /** A message of an agency that the hub refused, as it is kept. */
  refused(sender: string, routingKey: string, reason: string, body: string): void {
    const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
    const statement = `INSERT INTO dead_letter (region, queue, sender, routing_key, reason, headers, body) VALUES ('75', 'hub112.inbox.75', ${text(sender)}, ${text(routingKey)}, ${text(reason)}, '{}', convert_to(${text(body)}, 'UTF8'))`;
    this.#sql(statement, withPath(told('HUB112_TEST_PG_URL'), this.name));
  }

  /** Imports land: the small town of the demonstration where nothing else is named. The hub works meanwhile. */
  importLand(file = join(ROOT, 'gis/demo/town.osm.pbf')): void {
    this.#run(['gis', 'import', 'osm', file]);
  }

  /** Two districts that share Almaty at a meridian, imported while the hub works. */
  importDistricts(): void {
    interface Feature {
      properties: { kato: string };
      geometry: object;
    }
    const regions = JSON.parse(readFileSync(join(ROOT, 'gis/regions.geojson'), 'utf8')) as { features: Feature[] };
    const border = JSON.stringify(regions.features.find((one) => one.properties.kato === '750000000')?.geometry);
    const part = ([kato, en, west, east]: readonly [string, string, number, number]) => {
      const cut = `SELECT ST_AsGeoJSON(ST_Intersection(ST_GeomFromGeoJSON('${border}'), ST_MakeEnvelope(${west}, 40, ${east}, 50, 4326)), 15)`;
      const done = spawnSync('psql', ['--quiet', '--no-psqlrc', '--tuples-only', '--no-align', withPath(told('HUB112_TEST_PG_URL'), this.name)], { input: cut, encoding: 'utf8' });
      if (done.status !== 0) throw new Error(`district ${kato}: ${done.stderr}`);
      return { type: 'Feature', properties: { kato, kk: en, ru: en, en }, geometry: JSON.parse(done.stdout) as object };
    };
    const features = ([['751110000', 'West', 70, 76.9], ['751210000', 'East', 76.9, 80]] as const).map(part);
    const file = join(this.#dir, 'districts.geojson');
    writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
    this.#run(['gis', 'import', 'boundaries', join(ROOT, 'gis/regions.geojson'), file, '--attribution', '© test', '--licence', 'CC-BY-4.0']);
  }

  /** A land as if imported: a net of streets over the city, and houses along them for two million people. */
  town(): void {
    const node = (row: string, column: string) => `(${row}) * 100 + (${column}) + 1`;
    const place = (row: string, column: string) => `ST_SetSRID(ST_MakePoint(76.75 + 0.0125 * (${column}), 43.14 + 0.01 * (${row})), 4326)`;
    const corners = 'generate_series(0, 21) r, generate_series(0, 24) c';
    const streets = (row: string, column: string, where: string, offset: number) =>
      `INSERT INTO road (import, id, way, from_node, to_node, class, direction, rough, name, geom)
       SELECT 1, ${offset} + ${node('r', 'c')}, ${offset} + ${node('r', 'c')}, ${node('r', 'c')}, ${node(row, column)}, 'tertiary', 'both', false, 'көше', ST_MakeLine(${place('r', 'c')}, ${place(row, column)})
       FROM ${corners} WHERE ${where};`;
    const quarter = (id: number, name: string, ru: string, lon: number, lat: number) =>
      `INSERT INTO place (import, id, element, element_id, kind, name, name_kk, name_ru, geom) VALUES (1, ${id}, 'node', ${id}, 'quarter', '${name}', '${name}', '${ru}', ST_SetSRID(ST_MakePoint(${lon}, ${lat}), 4326));`;
    this.#sql(
      `INSERT INTO gis_import (id, source, version, file, state, attribution, licence, live_at) OVERRIDING SYSTEM VALUE VALUES (1, 'town', '1', 'town', 'live', '© test', 'none', now());
       CREATE TABLE road_1 PARTITION OF road FOR VALUES IN (1);
       CREATE TABLE place_1 PARTITION OF place FOR VALUES IN (1);
       CREATE TABLE address_1 PARTITION OF address FOR VALUES IN (1);
       ${streets('r', 'c + 1', 'c < 24', 0)}
       ${streets('r + 1', 'c', 'r < 21', 100_000)}
       INSERT INTO place (import, id, element, element_id, kind, population, name, name_kk, name_ru, geom) VALUES (1, 1, 'node', 1, 'city', 2000000, 'Алматы', 'Алматы', 'Алматы', ST_SetSRID(ST_MakePoint(76.92, 43.25), 4326));
       ${quarter(2, 'Шұғыла', 'Шугыла', 76.76, 43.2)} ${quarter(3, 'Медеу', 'Медеу', 77.03, 43.16)} ${quarter(4, 'Алтай', 'Алтай', 76.98, 43.34)} ${quarter(5, 'Орбита', 'Орбита', 76.88, 43.2)} ${quarter(6, 'Самал', 'Самал', 76.95, 43.24)}
       INSERT INTO address (import, id, element, element_id, house, street, geom)
       SELECT 1, ${node('r', 'c')}, 'node', ${node('r', 'c')}, c::text, 'көше', ${place('r + 0.05', 'c + 0.1')} FROM ${corners};`,
      withPath(told('HUB112_TEST_PG_URL'), this.name),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#agencies.map((agency) => ended(agency, 'SIGTERM')));
    await ended(this.#process, 'SIGKILL');
    this.#sql(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
    await this.#management('DELETE', `vhosts/${this.name}`);
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, HUB112_CONFIG: this.#settings };
  }

  #run(words: string[], environment: Record<string, string> = {}, input = ''): string {
    const done = spawnSync(program(), words, { env: { ...this.#environment(), ...environment }, input, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`hub112 ${words.join(' ')}: ${done.stderr || String(done.error)}`);
    return done.stdout;
  }

  #sql(statement: string, database = told('HUB112_TEST_PG_URL')): void {
    const done = spawnSync('psql', ['--quiet', '--no-psqlrc', '--command', statement, database], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${statement}: ${done.stderr || String(done.error)}`);
  }

  async #management(method: string, path: string, body?: object): Promise<void> {
    const url = new URL(told('HUB112_TEST_MQ_MANAGEMENT_URL'));
    const authorization = `Basic ${Buffer.from(`${url.username}:${decodeURIComponent(url.password)}`).toString('base64')}`;
    url.username = '';
    url.password = '';
    const answer = await fetch(new URL(`api/${path}`, url), {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }
}

async function ended(process: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (process === null || process.exitCode !== null) return;
  const end = new Promise((resolve) => process.once('exit', resolve));
  process.kill(signal);
  await end;
}
