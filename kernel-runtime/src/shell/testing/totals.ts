/** What `npm test` ends with. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Totals extends Counts {
  /** What failed, a line each: where, the title and the first line of the error. */
  readonly failures: readonly string[];
  /** What failed at the first try and passed at the second. */
  readonly repeated: readonly string[];
  /** What each file with a failure counts of the above, by its path. */
  readonly files?: Readonly<Record<string, Counts>>;
}

/** The sum of several runs. */
export function addTotals(runs: readonly Totals[]): Totals {
  return {
    ...addCounts(runs),
    failures: runs.flatMap(({ failures }) => failures),
    repeated: runs.flatMap(({ repeated }) => repeated)
  };
}

/** A run and the second one of the files that had failed in it: those count as they did then. */
export function afterSecondTry(first: Totals, second: Totals): Totals {
  const replaced = addCounts(Object.values(first.files ?? {}));
  const kept = addCounts([first, second]);
  const count = (key: keyof Counts): number => kept[key] - replaced[key];
  // A second run that broke off says of no file that it passes.
  const failing = Object.keys(second.files ?? first.files ?? {});
  const failsAgain = (failure: string): boolean => failing.some(file => failure.startsWith(file));
  return {
    ...{ passed: count('passed'), failed: count('failed'), skipped: count('skipped') },
    failures: second.failures,
    repeated: [
      ...[...first.repeated, ...second.repeated],
      ...first.failures.filter(failure => !failsAgain(failure))
    ]
  };
}

function addCounts(parts: readonly Counts[]): Counts {
  const sum = (key: keyof Counts): number => parts.reduce((total, part) => total + part[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** The last lines of `npm test`: each failure again, far below where it happened, and "212 passed, 1 failed, 3 skipped". */
export function summary({ passed, failed, skipped, failures, repeated }: Totals): string {
  return [
    ...repeated.map(failure => `passed at the second try: ${failure}`),
    ...failures.map(failure => `✗ ${failure}`),
    `${passed} passed, ${failed} failed, ${skipped} skipped`
  ].join('\n');
}
