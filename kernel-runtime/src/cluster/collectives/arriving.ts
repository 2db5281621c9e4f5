/** What becomes of a message that a call has met: its arrays are collected in new memory, or land where the call says. */
import type { LeafData } from '../../mathematics/communicator/values.js';
import type { Links } from '../net/links/links.js';
import type { Arrival, Landing } from '../net/links/types.js';
import type { Wait } from './call.js';
import { gather, pour } from './gathering.js';
import { arraysIn, type HeardWords } from './words.js';

/** What a rank sends for a call, about to land. */
export interface Incoming {
  readonly words: HeardWords;
  /** All of it lands at once, whatever the limit. */
  readonly isHere: boolean;
  /** Lets more of it come: the payload up to `limit`. */
  extend(limit: number): void;
}

/** Where a message lands. */
export interface Granted {
  readonly landing: Landing;
  /** Bytes that may come at first. Defaults to all. */
  readonly limit?: number;
}

type Message = Arrival<HeardWords>;

/** The arrays of a small message, where they lie. */
export function open(links: Links<HeardWords>, arrival: Message): readonly LeafData[] {
  links.consume(arrival);
  return arraysIn(arrival.payload!, arrival.words);
}

/** Fulfils a wait for arrays in memory of their own. */
export function collect(
  links: Links<HeardWords>,
  arrival: Message,
  wait: Wait<readonly LeafData[]>
): void {
  if (arrival.payload) return wait.resolve(open(links, arrival));
  const { landing, arrays } = gather(arrival.words, isWhole => {
    if (isWhole) wait.resolve(arrays);
  });
  links.grant(arrival, landing);
}

/** Lets a message land where `begin` says, and fulfils a wait when all of it is there. */
export function landAt(
  links: Links<HeardWords>,
  arrival: Message,
  wait: Wait<void>,
  begin: (incoming: Incoming) => Granted
): void {
  const { words, payload } = arrival;
  const extend = (limit: number): void => links.extend(arrival, limit);
  try {
    const { landing, limit } = begin({ words, isHere: payload !== undefined, extend });
    const released = (isWhole: boolean): void => {
      landing.released(isWhole);
      if (isWhole) wait.resolve();
    };
    if (payload === undefined) return links.grant(arrival, { ...landing, released }, limit);
    links.consume(arrival);
    pour(payload, { ...landing, released });
  } catch (error) {
    wait.reject(error as Error);
  }
}
