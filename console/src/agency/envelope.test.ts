import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { envelope, type AgencyContent } from './envelope';

const NOW = new Date('2026-11-23T09:00:00Z');
const from = { region: '75', service: 'ambulance' };
const status: AgencyContent = { content_type: 'unit_status', content: { unit_id: '75-ambulance-1', status: 'departed', at: NOW.toISOString() } };

test('an answer names what it answers and the same incident', () => {
  const about = { distribution_id: 'd1', incident: 'i1', message: { status: 'actual', trace: '00-a-b-01' } };
  const said = envelope(from, status, about, NOW);
  expect([said.references, said.incident, said.trace, said.kind]).toEqual(['d1', 'i1', '00-a-b-01', 'report']);
  expect(said.recipients).toEqual([{ region: '75', service: 'hub' }]);
});

test('what answers an exercise is an exercise', () => {
  expect(envelope(from, status, { distribution_id: 'd', message: { status: 'exercise' } }, NOW).status).toBe('exercise');
  expect(envelope(from, status, null, NOW).status).toBe('actual');
});

test('every content that an agency may say has its kind', () => {
  const document = JSON.parse(readFileSync(new URL('../../../openapi/hub112.openapi.json', import.meta.url), 'utf8')) as {
    components: { schemas: { AgencyContent: { oneOf: { properties: { content_type: { enum: string[] } } }[] } } };
  };
  for (const one of document.components.schemas.AgencyContent.oneOf) {
    const content_type = one.properties.content_type.enum[0] as AgencyContent['content_type'];
    expect(envelope(from, { content_type, content: {} } as AgencyContent, null, NOW).kind, content_type).toBeTypeOf('string');
  }
});

test('what somebody marks as an exercise is one, whatever it answers', () => {
  expect(envelope(from, status, null, NOW, true).status).toBe('exercise');
  expect(envelope(from, status, { distribution_id: 'd', message: { status: 'actual' } }, NOW, true).status).toBe('exercise');
});
