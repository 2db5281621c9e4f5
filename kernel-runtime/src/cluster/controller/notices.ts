/** What everybody should know of engines and links, in words. */
import type { Cuts } from './cuts.js';
import type { Engine } from './registry.js';

/** Of an engine whose process has ended. */
export function wordsOfEnd(rank: number, how: string): string {
  return `The engine of rank ${rank} has ended (${how}); its variables are gone.`;
}

/** Of an engine that gives no sign of life. */
export function wordsOfSilence({ rank, detail }: Engine): string {
  return `Rank ${rank} is frozen or cut off: ${detail}. Calls that need it end with PeerLost.`;
}

/** Of an engine that gives signs of life again. */
export function wordsOfReturn({ rank, isAbsent }: Engine): string {
  const back = `Rank ${rank} gives signs of life again, with its variables; what it ran is stopped.`;
  return isAbsent
    ? `${back} The graph goes around it: cluster.heal() takes it in again.`
    : `${back} It takes part from the next cell on.`;
}

/**
 * Of a link that carries nothing, once it is plain that both processes run: a frozen one is told by its own silence.
 * @returns null if there is nothing to tell, or the other end tells it
 */
export function wordsOfCut(one: Engine, other: Engine | undefined, cuts: Cuts): string | null {
  if (!other?.isPresent || !one.isPresent || !cuts.has(one.rank, other.rank)) return null;
  if (cuts.has(other.rank, one.rank) && other.rank < one.rank) return null;
  const [first, second] = [one.rank, other.rank].sort((a, b) => a - b);
  return `The link between ranks ${first} and ${second} is cut, though both processes run: calls that need it end with PeerLost. cluster.heal() goes on without one of them.`;
}
