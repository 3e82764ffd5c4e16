// What axe finds against WCAG 2.2 AA on the page as it stands.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

export async function faults(page: Page): Promise<string[]> {
  // Every rule looks at every node. What it finds in order is not written down node by node: on a board of hundreds of rows that
  // took longer than the looking. The console has no frames, so nothing has to be put together on a page of its own.
  const found = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .setLegacyMode(true)
    .analyze();
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')} — ${node.failureSummary?.split('\n')[1] ?? ''}`));
}
