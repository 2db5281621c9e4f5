/** axe on parts of a page: what keeps people out. */
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Finding {
  id: string;
  impact: string | null;
  nodes: { html: string }[];
}

/** The serious and critical findings within the elements of these selectors, each with its first element. */
export async function graveFindings(page: Page, selectors: readonly string[]): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  const found = await page.evaluate(async include => {
    const { run } = (window as unknown as { axe: { run: Run } }).axe;
    type Run = (context: object) => Promise<{ violations: Finding[] }>;
    interface Finding {
      id: string;
      impact: string | null;
      nodes: { html: string }[];
    }
    return (await run({ include: include.map(selector => [selector]) })).violations;
  }, selectors);
  const grave = (found as Finding[]).filter(({ impact }) =>
    ['serious', 'critical'].includes(String(impact))
  );
  return grave.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}
