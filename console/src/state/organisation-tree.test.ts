import { expect, test } from 'vitest';
import type { KeptOrganisation } from '../api/types';
import { asTree } from './organisation-tree';

const kept = (key: string, parent: string | null): KeptOrganisation => ({ version: 0, organisation: { key, kind: 'subordinate', parent, names: { kk: key, ru: key, en: key } } });

test('the tree is shown from the top down, each under its parent, and one whose parent is not here at the top', () => {
  const rows = asTree([kept('unit', 'body'), kept('body', 'ministry'), kept('ministry', null), kept('akimat', null), kept('lost', 'nowhere')]);
  expect(rows.map(({ kept, depth }) => `${depth} ${kept.organisation.key}`)).toEqual(['0 ministry', '1 body', '2 unit', '0 akimat', '0 lost']);
});
