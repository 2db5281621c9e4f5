/** Partial averaging of large arrays: weighed while those of the neighbours arrive, in link memory. */
import { sameMemory } from '../../../mathematics/communicator/out.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { ExchangePlan } from '../../../mathematics/communicator/weights.js';
import { allOf } from '../coming.js';
import type { LinkMemory } from '../link-memory.js';
import { isLarge, landIn, streamSum, weighing, type Surroundings } from '../stream.js';
import { describeArrays } from '../words.js';

/** Whether a partial averaging is one for `averageLarge`. */
export function isLargeAverage(plan: ExchangePlan, own: readonly LeafData[]): boolean {
  if (!isLarge(own)) return false;
  const weights = [plan.selfWeight, ...[...plan.sources, ...plan.destinations].map(([, w]) => w)];
  // Whole numbers with other weights are refused where all is received at once.
  return own.every(data => !(data instanceof Int32Array)) || weights.every(Number.isInteger);
}

/** One partial averaging of large arrays. */
export interface LargeAverage {
  readonly plan: ExchangePlan;
  readonly own: readonly LeafData[];
  /** Where the result goes: arrays as those of `own`, in other memory; or `own` itself if it is not sent, or its numbers stay. */
  readonly out: LeafData[];
  readonly memory: LinkMemory;
}

/**
 * Sends to the destinations of a plan, and weighs what its sources send.
 * @returns `out`
 * @throws as `streamSum`
 */
export async function averageLarge(
  surroundings: Surroundings,
  { plan, own, out, memory: { sums } }: LargeAverage
): Promise<LeafData[]> {
  const { mesh, call, room } = surroundings;
  const words = describeArrays(own);
  const factors = [...new Set(plan.destinations.map(([, factor]) => factor))];
  const sent = factors.map(factor => {
    const ranks = plan.destinations.filter(([, other]) => other === factor).map(([to]) => to);
    if (factor === 1) return mesh.post(ranks, call, own);
    const scaled = room.arrays(words);
    scaled.forEach((data, l) => sums.scale(data, factor, own[l]));
    return mesh.post(ranks, call, scaled);
  });
  const counted = plan.sources.filter(([, weight]) => weight !== 0);
  const unheard = plan.sources.filter(([, weight]) => weight === 0).map(([from]) => from);
  const received = unheard.map(from => landIn(surroundings, from, room.arrays(words)));
  if (counted.length > 0) {
    const terms = [own, ...counted.map(([from]) => from)];
    const weights = [plan.selfWeight, ...counted.map(([, weight]) => weight)];
    received.push(streamSum(surroundings, { out, terms, step: weighing(sums, weights) }));
  }
  await Promise.all(received);
  await allOf(sent);
  // Nothing is summed: others do not wait for the own part.
  if (counted.length > 0) return out;
  out.forEach((data, l) => {
    // Scaled by one.
    if (!sameMemory(data, own[l])) sums.scale(data, plan.selfWeight, own[l]);
  });
  return out;
}
