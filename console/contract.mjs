// What the hub says to an agency, as types: made from ../openapi/hub112.asyncapi.json by `npm run types:contract`.
// With --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import openapi, { astToString } from 'openapi-typescript';

const target = new URL('src/api/contract.d.ts', import.meta.url);
const document = JSON.parse(readFileSync(new URL('../openapi/hub112.asyncapi.json', import.meta.url), 'utf8'));
const wrapped = {
  openapi: '3.1.0',
  info: { title: document.info.title, version: document.info.version },
  paths: {},
  components: { schemas: document.components.schemas },
};
const text = `// Made by npm run types:contract from the AsyncAPI document: not to be changed by hand.\n\n${astToString(await openapi(wrapped))}`;
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('src/api/contract.d.ts is not what the document says: run npm run types:contract');
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
