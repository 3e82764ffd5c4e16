// What axe finds against WCAG 2.2 AA on the page as it stands.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

export async function faults(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')} — ${node.failureSummary?.split('\n')[1] ?? ''}`));
}
