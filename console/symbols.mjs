// Makes what the map's style names besides its layers, for programs other than the console: letters as fields of distances
// (glyphs) and pictures of objects, units and categories (sprites), out of Noto Sans, Maki and Temaki. Run it after a change
// of `src/map/pictures.ts` or of the colours; what it makes stands in `gis/style/` and is served by the hub.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PbfWriter } from 'pbf';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const here = new URL('.', import.meta.url);
const style = new URL('../gis/style/', here);
const STACK = 'Noto Sans';
/** Latin, Cyrillic with the letters of Kazakh and its neighbours, and the signs that names have. */
const LETTERS = [
  [0x20, 0x7e], [0xa0, 0xff], [0x11e, 0x11f], [0x130, 0x131], [0x15e, 0x15f], [0x400, 0x45f], [0x490, 0x493], [0x49a, 0x49d],
  [0x4a2, 0x4a3], [0x4ae, 0x4b3], [0x4b6, 0x4b7], [0x4ba, 0x4bb], [0x4d8, 0x4d9], [0x4e2, 0x4e3], [0x4e8, 0x4e9], [0x4ee, 0x4ef],
  [0x2010, 0x2015], [0x2018, 0x201e], [0x2026, 0x2026], [0x20b8, 0x20b8], [0x2116, 0x2116],
];
/** How far the top of a line lies above its ground line at 24 pixels: Noto Sans' ascender, rounded. */
const ASCENDER = 26;

const browser = await chromium.launch({ executablePath: process.env.HUB112_TEST_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage();
try {
  await glyphs();
  for (const theme of ['day', 'night']) await sprites(theme);
} finally {
  await browser.close();
}

async function glyphs() {
  const ranges = JSON.parse(readFileSync(require.resolve('@fontsource/noto-sans/unicode.json'), 'utf8'));
  const faces = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext'].map((subset) => ({
    unicodeRange: ranges[subset],
    data: readFileSync(require.resolve(`@fontsource/noto-sans/files/noto-sans-${subset}-400-normal.woff2`)).toString('base64'),
  }));
  const source = readFileSync(new URL('node_modules/@mapbox/tiny-sdf/index.js', here), 'utf8').replace('export default class', 'window.TinySDF = class');
  await page.addScriptTag({ content: source });
  const codes = LETTERS.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, n) => from + n)).filter((code) => code !== 0xad);
  const drawn = await page.evaluate(
    async ({ faces, codes }) => {
      for (const { data, unicodeRange } of faces) {
        const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
        document.fonts.add(await new FontFace('Drawn', bytes, { unicodeRange }).load());
      }
      const letters = String.fromCodePoint(...codes);
      await document.fonts.load('24px Drawn', letters);
      const sdf = new window.TinySDF({ fontFamily: 'Drawn', fontSize: 24, buffer: 3, radius: 8, cutoff: 0.25 });
      return codes.map((code) => {
        const { data, glyphWidth, glyphHeight, glyphTop, glyphLeft, glyphAdvance } = sdf.draw(String.fromCodePoint(code));
        return { code, data: [...data], width: glyphWidth, height: glyphHeight, top: glyphTop, left: glyphLeft ?? 0, advance: glyphAdvance };
      });
    },
    { faces, codes },
  );
  const folder = new URL('glyphs/', style);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const block of new Set(drawn.map(({ code }) => code >> 8))) {
    const all = drawn.filter(({ code }) => code >> 8 === block);
    const range = `${block * 256}-${block * 256 + 255}`;
    const pbf = new PbfWriter();
    pbf.writeMessage(1, (_, stack) => {
      stack.writeStringField(1, STACK);
      stack.writeStringField(2, range);
      for (const glyph of all) stack.writeMessage(3, writeGlyph, glyph);
    }, null);
    writeFileSync(new URL(`${range}.pbf`, folder), pbf.finish());
  }
}

function writeGlyph(glyph, pbf) {
  const blank = glyph.width === 0 || glyph.height === 0;
  pbf.writeVarintField(1, glyph.code);
  if (!blank) pbf.writeBytesField(2, Uint8Array.from(glyph.data));
  pbf.writeVarintField(3, blank ? 0 : glyph.width);
  pbf.writeVarintField(4, blank ? 0 : glyph.height);
  pbf.writeSVarintField(5, Math.round(glyph.left));
  pbf.writeSVarintField(6, glyph.top - ASCENDER);
  pbf.writeVarintField(7, Math.round(glyph.advance));
}

/** The pictures by name, as the console has them. */
function pictures() {
  const text = readFileSync(new URL('src/map/pictures.ts', here), 'utf8');
  const names = [...text.matchAll(/^import (\w+) from '([^']+)\?raw';$/gm)];
  const tables = [...text.matchAll(/^const (OF_\w+)(?:: [^=]+)? = (\{[\s\S]*?\});$/gm)];
  const code = `${tables.map(([, name, table]) => `const ${name} = ${table};`).join('\n')} return { OF_CATEGORY, OF_UNIT, OF_OBJECT };`;
  const files = names.map(([, , path]) => path);
  return new Function(...names.map(([, name]) => name), code)(...files);
}

async function sprites(theme) {
  const colours = JSON.parse(readFileSync(new URL('palette.json', style), 'utf8'))[theme];
  const { OF_CATEGORY, OF_UNIT, OF_OBJECT } = pictures();
  const wanted = [
    ...Object.entries(OF_OBJECT).map(([kind, file]) => [`object-${kind}`, file, colours['on-symbol']]),
    ...Object.entries(OF_UNIT).map(([kind, file]) => [`unit-${kind}`, file, colours.text]),
    ...Object.entries(OF_CATEGORY).map(([code, file]) => [`incident-${code}`, file, colours.text]),
  ];
  const cells = [...new Set(wanted.map(([, file, colour]) => `${file} ${colour}`))];
  const [SIDE, COLUMNS] = [17, 12];
  const place = new Map(cells.map((cell, n) => [cell, { x: (n % COLUMNS) * SIDE, y: Math.floor(n / COLUMNS) * SIDE }]));
  const drawings = cells.map((cell) => {
    const [file, colour] = cell.split(' ');
    const svg = readFileSync(require.resolve(file), 'utf8').replace('<svg ', `<svg fill="${colour}" `).replace(/ (width|height)="15"/g, '');
    return { svg: svg.replace('<svg ', '<svg width="60" height="60" '), ...place.get(cell) };
  });
  const folder = new URL('sprites/', style);
  mkdirSync(folder, { recursive: true });
  for (const [ratio, suffix] of [[1, ''], [2, '@2x']]) {
    const png = await page.evaluate(
      async ({ drawings, ratio, width, height }) => {
        const canvas = Object.assign(document.createElement('canvas'), { width: width * ratio, height: height * ratio });
        const context = canvas.getContext('2d');
        for (const { svg, x, y } of drawings) {
          const image = new Image();
          image.src = `data:image/svg+xml;base64,${btoa(unescape(encodeURIComponent(svg)))}`;
          await image.decode();
          context.drawImage(image, (x + 1) * ratio, (y + 1) * ratio, 15 * ratio, 15 * ratio);
        }
        return canvas.toDataURL('image/png').split(',')[1];
      },
      { drawings, ratio, width: COLUMNS * SIDE, height: Math.ceil(cells.length / COLUMNS) * SIDE },
    );
    writeFileSync(new URL(`${theme}${suffix}.png`, folder), Buffer.from(png, 'base64'));
    const described = wanted.map(([name, file, colour]) => {
      const { x, y } = place.get(`${file} ${colour}`);
      return [name, { x: x * ratio, y: y * ratio, width: SIDE * ratio, height: SIDE * ratio, pixelRatio: ratio }];
    });
    writeFileSync(new URL(`${theme}${suffix}.json`, folder), `${JSON.stringify(Object.fromEntries(described))}\n`);
  }
}
