/** The numbers that `npm test` ends with. */

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The sum of several runs. */
export function addTotals(runs: readonly Totals[]): Totals {
  const sum = (key: keyof Totals): number => runs.reduce((total, run) => total + run[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** The last line of `npm test`, e.g. "212 passed, 0 failed, 3 skipped". */
export function totalsLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
