// What is built is packed here once, as small as it goes, for the hub to serve; and what the duty desk needs at first is
// weighed: a build that is too heavy fails.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

type Bundle = Rolldown.OutputBundle;

/** What the hub may be asked for before the duty desk stands, packed and without the library of the map. The issue allows
 * 500 kB; this holds what was reached, with room for some more. */
const REACH_BYTES = 330_000;

const PACKED = /\.(js|css|html|svg)$/;
const MAP_LIBRARY = /^assets\/map-library/;

/** The files that a browser fetches for what comes from these modules. */
function fetched(bundle: Bundle, modules: readonly RegExp[]): Set<string> {
  const files = new Set<string>();
  const take = (name: string): void => {
    if (files.has(name)) return;
    files.add(name);
    const made = bundle[name];
    if (made?.type !== 'chunk') return;
    for (const css of made.viteMetadata?.importedCss ?? []) files.add(css);
    made.imports.forEach(take);
  };
  for (const module of modules) {
    const made = Object.values(bundle).find((one) => one.type === 'chunk' && module.test(one.facadeModuleId ?? ''));
    if (made === undefined) throw new Error(`nothing is built from ${module}: what is the first load now?`);
    take(made.fileName);
  }
  return files;
}

export function weigh(): Plugin {
  return {
    name: 'weigh',
    apply: 'build',
    writeBundle({ dir = 'dist' }, bundle) {
      const weight = (name: string): number => {
        const plain = readFileSync(join(dir, name));
        return PACKED.test(name) ? gzipSync(plain, { level: 9 }).length : plain.length;
      };
      for (const name of Object.keys(bundle).filter((name) => name.startsWith('assets/') && PACKED.test(name))) {
        writeFileSync(join(dir, `${name}.gz`), gzipSync(readFileSync(join(dir, name)), { level: 9 }));
      }
      const first = fetched(bundle, [/index\.html$/, /i18n\/languages\/kk\.ts$/, /screens\/desk\/Desk\.svelte$/, /map\/Map\.svelte$/]);
      first.add('index.html');
      // A page in Kazakh takes every part of the letters.
      for (const name of readdirSync(join(dir, 'assets'))) if (name.endsWith('.woff2')) first.add(`assets/${name}`);
      const bytes = [...first].filter((name) => !MAP_LIBRARY.test(name)).reduce((sum, name) => sum + weight(name), 0);
      this.info(`the first load of the duty desk: ${Math.round(bytes / 1000)} kB in ${first.size} files`);
      if (bytes > REACH_BYTES) this.error(`the first load of the duty desk is ${Math.round(bytes / 1000)} kB packed, more than ${REACH_BYTES / 1000} kB: load what is not needed at once when it is`);
    },
  };
}
