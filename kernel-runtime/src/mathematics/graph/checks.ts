/** Checks on the arguments of topologies. */
import { DecentLabError } from '../../errors.js';

/** @throws VALUE_INVALID unless `value` is a whole number from `least` to `most` */
export function assertWhole(what: string, value: number, least: number, most = Infinity): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const expected =
    most === Infinity ? `a whole number >= ${least}` : `a whole number from ${least} to ${most}`;
  throw new DecentLabError('VALUE_INVALID', { what, expected, received: value });
}
