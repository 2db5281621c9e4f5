/** Gossip of two: who exchanges with whom, and with which weights. */
import { DecentLabError } from '../../errors.js';
import type { PairGossipOptions } from './options.js';
import { assertRank, type ExchangePlan } from './weights.js';

/**
 * The plan of one pairGossip. A rank that names itself keeps its value, as a fixed point of a matching does.
 * @throws VALUE_INVALID for a target that is no rank, or weights that are not given together or not finite
 */
export function planPair(
  { rank, size }: { rank: number; size: number },
  targetRank: number,
  { selfWeight, pairWeight }: PairGossipOptions = {}
): ExchangePlan {
  assertRank(`targetRank on rank ${rank}`, targetRank, size);
  if ((selfWeight === undefined) !== (pairWeight === undefined)) {
    const only = selfWeight === undefined ? 'pairWeight only' : 'selfWeight only';
    throw invalid(`selfWeight and pairWeight on rank ${rank}`, 'both or neither', only);
  }
  const [own = 0.5, pair = 0.5] = [selfWeight, pairWeight];
  for (const [name, weight] of Object.entries({ selfWeight: own, pairWeight: pair })) {
    if (!Number.isFinite(weight))
      throw invalid(`${name} on rank ${rank}`, 'a finite number', weight);
  }
  if (targetRank === rank) {
    return { selfWeight: own + pair, sources: [], destinations: [], isDynamic: true };
  }
  const sources = [[targetRank, pair] as const];
  return { selfWeight: own, sources, destinations: [[targetRank, 1]], isDynamic: true };
}

function invalid(what: string, expected: string, received: unknown): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what, expected, received });
}
