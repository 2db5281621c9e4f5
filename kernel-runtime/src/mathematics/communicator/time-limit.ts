/** Time limits of calls, in milliseconds. */
import { DecentLabError } from '../../errors.js';

/** More makes a timer of Node's fire at once; a call that waits for 24 days has no limit. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** @throws VALUE_INVALID for what is no time; Infinity is none, as nothing is */
export function assertTimeLimit(call: string, timeout: unknown): void {
  if (timeout === undefined || (typeof timeout === 'number' && timeout >= 0)) return;
  throw new DecentLabError('VALUE_INVALID', {
    what: `${call}, timeout`,
    expected: 'milliseconds from 0 on, or Infinity for no limit',
    received: typeof timeout === 'number' ? timeout : `${String(timeout)} (${typeof timeout})`
  });
}

/** Calls `onOver` after the limit, if there is one. @returns what `clearTimeout` takes */
export function startTimeLimit(
  timeout: number | undefined,
  onOver: () => void
): NodeJS.Timeout | undefined {
  if (timeout === undefined || timeout > LONGEST_TIMER_MS) return undefined;
  return setTimeout(onOver, timeout);
}
