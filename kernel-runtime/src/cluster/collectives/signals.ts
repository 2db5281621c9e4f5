/** Signals: messages that no call waits for and that belong to no epoch, heard in the order in which they were sent. */
import type { LeafData } from '../../mathematics/communicator/values.js';
import type { Links } from '../net/links/links.js';
import type { Arrival, Message } from '../net/links/types.js';
import { gather, pour } from './gathering.js';
import { SIGNALS } from './streams.js';
import { ALIGNMENT, describeArrays, payloadParts, type HeardWords, type Words } from './words.js';

/** Words and arrays. */
export interface Signal {
  readonly head: string;
  readonly arrays: readonly LeafData[];
}

/** No epoch ends it. */
const EVER = 0xffff_ffff;

export class Signals {
  readonly #links: Links<HeardWords>;
  readonly #hear: (from: number, signal: Signal) => void;
  /** What has come of each rank and waits for what came before. */
  readonly #queues = new Map<number, Arrival<HeardWords>[]>();

  constructor(links: Links<HeardWords>, hear: (from: number, signal: Signal) => void) {
    this.#links = links;
    this.#hear = hear;
  }

  /** A signal has come, or its announcement. @throws what its hearer throws */
  deliver(arrival: Arrival<HeardWords>): void {
    const queue = this.#queues.get(arrival.from) ?? [];
    this.#queues.set(arrival.from, queue);
    if (queue.push(arrival) === 1) this.#next(queue);
  }

  /** The link of a rank has ended. */
  forget(rank: number): void {
    this.#queues.delete(rank);
  }

  #next(queue: Arrival<HeardWords>[]): void {
    for (let [arrival] = queue; arrival; [arrival] = queue) {
      const { payload, words } = arrival;
      if (payload === undefined) return this.#land(arrival, queue);
      const { landing, memory, arrays } = gather(words, () => undefined);
      pour(payload, landing);
      this.#links.consume(arrival);
      queue.shift();
      this.#tell(arrival, memory, arrays);
    }
  }

  #land(arrival: Arrival<HeardWords>, queue: Arrival<HeardWords>[]): void {
    const { landing, memory, arrays } = gather(arrival.words, isWhole => {
      if (!isWhole) return;
      queue.shift();
      this.#tell(arrival, memory, arrays);
      this.#next(queue);
    });
    this.#links.grant(arrival, landing);
  }

  #tell({ from, words }: Arrival<HeardWords>, memory: Buffer, arrays: readonly LeafData[]): void {
    this.#hear(from, { head: memory.toString('utf8', 0, words.text).trimEnd(), arrays });
  }
}

/** A signal as it travels. Its arrays are copied: nobody waits until they have left. */
export function signalMessage({ head, arrays }: Signal): Message {
  const bytes = Buffer.byteLength(head);
  const text = Buffer.alloc(Math.ceil(bytes / ALIGNMENT) * ALIGNMENT, ' ');
  text.write(head);
  const words = { op: '', signature: '', text: text.length, arrays: describeArrays(arrays) };
  const payload = [text, ...payloadParts(arrays.map(data => data.slice()))];
  return {
    ...{ epoch: EVER, era: 0, stream: SIGNALS, number: 0 },
    words: JSON.stringify(words satisfies Words),
    payload
  };
}
