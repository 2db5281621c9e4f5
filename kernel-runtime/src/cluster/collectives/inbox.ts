/**
 * What one peer has sent, and the calls that wait for it. Within a stream the k-th frame answers the k-th receive; what
 * cannot meet any more is a disagreement, found without a round of agreement.
 */
import type { Arrival } from '../net/links/types.js';
import type { Call } from './call.js';
import { isOfAllRanks, NEIGHBOUR_STREAM } from './streams.js';
import type { HeardWords } from './words.js';

/** A message for a call, or the announcement of one. */
export interface Frame extends Said {
  readonly stream: string;
  readonly era: number;
  readonly arrival: Arrival<HeardWords>;
}

interface Receiver {
  readonly call: Call;
  resolve(arrival: Arrival<HeardWords>): void;
}

class Stream {
  readonly frames: Frame[] = [];
  readonly receivers: Receiver[] = [];

  get isEmpty(): boolean {
    return this.frames.length === 0 && this.receivers.length === 0;
  }
}

/** Said by one rank, in words. */
export type Said = Pick<Call, 'op' | 'signature'>;

export class Inbox {
  /** Of unnamed exchanges. */
  readonly #neighbours = new Stream();
  /** Of all other calls, by name; one that holds nothing is forgotten. */
  readonly #others = new Map<string, Stream>();
  readonly #disagree: (own: Said, theirs: Said) => void;

  /** @param disagree hears of calls that cannot meet: what this rank said, and what the peer said */
  constructor(disagree: (own: Said, theirs: Said) => void) {
    this.#disagree = disagree;
  }

  /** A frame has arrived. @param own the last call of all ranks that this rank has entered, if any */
  deliver(frame: Frame, own: Call | undefined): void {
    const stream = this.#stream(frame.stream);
    const receiver = stream.receivers.shift();
    if (receiver) {
      this.#forgetIfOver(frame.stream, stream);
      if (!meets(receiver.call, frame)) this.#disagree(receiver.call, frame);
      else receiver.resolve(frame.arrival);
      return;
    }
    stream.frames.push(frame);
    if (own && isPassed(frame, own.era)) this.#disagree(own, frame);
    const missed = this.#receiverThatMissed(frame);
    if (missed) this.#disagree(missed.call, frame);
  }

  /** A call waits for the next frame of its stream. */
  receive(call: Call, resolve: Receiver['resolve']): void {
    const stream = this.#stream(call.stream);
    const frame = stream.frames.shift();
    if (!frame) {
      stream.receivers.push({ call, resolve });
      const passing = this.#frameThatPassed(call);
      if (passing) this.#disagree(call, passing);
      return;
    }
    this.#forgetIfOver(call.stream, stream);
    if (meets(call, frame)) resolve(frame.arrival);
    else this.#disagree(call, frame);
  }

  /** The small message that answers the next receive of this call's stream, if it is here. */
  take(call: Call): Arrival<HeardWords> | undefined {
    const stream =
      call.stream === NEIGHBOUR_STREAM ? this.#neighbours : this.#others.get(call.stream);
    if (!stream || stream.frames.length === 0) return undefined;
    const [frame] = stream.frames;
    if (frame.arrival.payload === undefined || !meets(call, frame)) return undefined;
    stream.frames.shift();
    this.#forgetIfOver(call.stream, stream);
    return frame.arrival;
  }

  /** This rank enters a call of all ranks: what neighbours sent before can be received no more. */
  enter(call: Call): void {
    const passed = this.#neighbours.frames.find(frame => isPassed(frame, call.era));
    if (passed) this.#disagree(call, passed);
  }

  /** A waiting call from before a call of all ranks that the peer has already entered. */
  #receiverThatMissed(frame: Frame): Receiver | undefined {
    if (!isOfAllRanks(frame.stream)) return undefined;
    return this.#neighbours.receivers.find(({ call }) => call.era <= frame.era);
  }

  /** A call of all ranks that the peer has entered, and this rank, in an exchange with it, has not. */
  #frameThatPassed(call: Call): Frame | undefined {
    if (call.stream !== NEIGHBOUR_STREAM) return undefined;
    for (const [name, { frames }] of this.#others) {
      const passed = isOfAllRanks(name) && frames.find(frame => frame.era >= call.era);
      if (passed) return passed;
    }
    return undefined;
  }

  /** What has come and no call has received. */
  left(): Arrival<HeardWords>[] {
    const streams = [this.#neighbours, ...this.#others.values()];
    return streams.flatMap(({ frames }) => frames.map(frame => frame.arrival));
  }

  #stream(name: string): Stream {
    if (name === NEIGHBOUR_STREAM) return this.#neighbours;
    let stream = this.#others.get(name);
    if (!stream) this.#others.set(name, (stream = new Stream()));
    return stream;
  }

  /** Every exchange with neighbours looks at all streams: those of calls that are over must not pile up. */
  #forgetIfOver(name: string, stream: Stream): void {
    if (stream.isEmpty) this.#others.delete(name);
  }
}

function meets(call: Call, frame: Frame): boolean {
  const isSameEra = call.name !== undefined || call.era === frame.era;
  return isSameEra && call.op === frame.op && call.signature === frame.signature;
}

function isPassed(frame: Frame, era: number): boolean {
  return frame.stream === NEIGHBOUR_STREAM && frame.era <= era;
}

/** What a rank said, in a sentence about it. */
export function saying({ op, signature }: Said): string {
  return `called ${op}${signature ? ` with ${signature}` : ''}`;
}
