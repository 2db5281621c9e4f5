/** How long the soak lasts: a short form in `npm test`, the long one in `npm run soak`. */

const isLong = process.env['DECENTLAB_SOAK'] === 'long';

/** How often each thing is done. */
export const form = isLong
  ? { isLong, cells: 500, restarts: 50, clusters: 50, kills: 200, malformed: 10_000 }
  : { isLong, cells: 60, restarts: 3, clusters: 3, kills: 8, malformed: 600 };

/** The time limit of a long test, in milliseconds. */
export const SOAK_LIMIT_MS = isLong ? 1_800_000 : 120_000;

/** One line of progress, in the long form. */
export function tell(line: string): void {
  if (isLong) process.stdout.write(`${line}\n`);
}
