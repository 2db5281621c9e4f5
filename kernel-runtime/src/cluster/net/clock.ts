/** The clock of timelines: monotonic, and the same in all threads and processes of one machine. */
import type { ClockOffset } from '../protocol/timeline.js';

const NANOSECONDS_PER_MS = 1e6;
/** Exchanges of which the fastest counts. */
const EXCHANGES = 8;

/** Milliseconds since a moment of the machine's own, mostly its start. */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint()) / NANOSECONDS_PER_MS;
}

/**
 * How another clock stands to this one, by round trips: at the middle of the fastest one, the other clock showed what it
 * has answered (Cristian, 1989). Where no difference can be told from the time of the trip, both read the same clock.
 * @param ask the time of the other clock, in ms
 */
export async function clockOffset(
  ask: () => Promise<number>,
  now: () => number = monotonicNow
): Promise<ClockOffset> {
  let best = { offset: 0, roundTrip: Infinity };
  for (let k = 0; k < EXCHANGES; k++) {
    const asked = now();
    const theirs = await ask();
    const answered = now();
    const roundTrip = answered - asked;
    if (roundTrip < best.roundTrip) best = { offset: theirs - (asked + answered) / 2, roundTrip };
  }
  const isSame = Math.abs(best.offset) <= best.roundTrip / 2;
  return isSame ? { ...best, offset: 0 } : best;
}
