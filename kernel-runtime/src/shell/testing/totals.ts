/** What `npm test` ends with. */

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed, a line each: the title and the first line of the error. */
  readonly failures: readonly string[];
  /** What passed at the second try, and why it did not at the first. */
  readonly repeated: readonly string[];
}

/** The sum of several runs. */
export function addTotals(runs: readonly Totals[]): Totals {
  const sum = (key: 'passed' | 'failed' | 'skipped'): number =>
    runs.reduce((total, run) => total + run[key], 0);
  return {
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
    failures: runs.flatMap(({ failures }) => failures),
    repeated: runs.flatMap(({ repeated }) => repeated)
  };
}

/** The last lines of `npm test`: each failure again, far below where it happened, and "212 passed, 1 failed, 3 skipped". */
export function summary({ passed, failed, skipped, failures, repeated }: Totals): string {
  return [
    ...repeated.map(failure => `passed at the second try: ${failure}`),
    ...failures.map(failure => `✗ ${failure}`),
    `${passed} passed, ${failed} failed, ${skipped} skipped`
  ].join('\n');
}
