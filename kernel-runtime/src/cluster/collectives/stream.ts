/** Sums of arrays on their way: who sends which term, and what becomes of them when a call fails. */
import type { LeafData } from '../../mathematics/communicator/values.js';
import { isPlainAverage } from '../../mathematics/communicator/combine.js';
import type { Sums } from '../../mathematics/math/sums.js';
import { EAGER_BYTES } from '../net/links/sizes.js';
import { spans } from '../net/spans.js';
import type { Granted, Incoming } from './arriving.js';
import type { Call } from './call.js';
import type { CallRoom } from './call-room.js';
import type { Mesh } from './mesh.js';
import { thrownAway } from './gathering.js';
import { Layout } from './payload-layout.js';
import { StreamedSum, type Step } from './streamed-sum.js';
import { arraysIn, describeArrays, payloadBytes } from './words.js';

/** Milliseconds that a term waits for a rank before it which has not sent, until its own sender is let go. */
const PATIENCE_MS = 50;

/** Where a call runs. */
export interface Surroundings {
  readonly mesh: Mesh;
  readonly call: Call;
  readonly room: CallRoom;
}

/** What is summed, and where it goes. */
export interface StreamedTerms {
  readonly out: readonly LeafData[];
  /** In the order of the sum, two at least: arrays of this rank, or the rank that sends them. */
  readonly terms: readonly (readonly LeafData[] | number)[];
  readonly step: Step;
}

/** Whether arrays are so large that they travel after a grant, and land in their place. */
export function isLarge(arrays: readonly LeafData[]): boolean {
  return payloadBytes({ arrays: describeArrays(arrays) }) > EAGER_BYTES;
}

/**
 * Sums terms as they arrive.
 * @throws PEER_LOST, PEER_FAILED, DISAGREEMENT or CALL_TIMEOUT; the room knows how long its memory is written then
 */
export async function streamSum(
  { mesh, call, room }: Surroundings,
  { out, terms, step }: StreamedTerms
): Promise<void> {
  const layout = new Layout(out);
  let end: (() => void) | undefined;
  const sum = new StreamedSum({
    ...{ layout, out },
    terms: terms.map(term => (typeof term === 'number' ? undefined : term)),
    step: (...given) => {
      end ??= spans.begin('reduce', call.op);
      step(...given);
    },
    scratch: bytes => room.bytes(bytes)
  });
  const absent = new Set<unknown>(terms.filter(term => typeof term === 'number'));
  const isKept = (t: number): boolean => terms.slice(0, t).some(term => absent.has(term));
  const land = (t: number, from: number, incoming: Incoming): Granted => {
    layout.assertFits(incoming.words);
    absent.delete(from);
    const granted = sum.land(t, incoming.extend, incoming.isHere);
    // Its sender must not wait for what that rank does before: it may do so only after this send.
    if (isKept(t)) setTimeout(() => isKept(t) && sum.stage(t), PATIENCE_MS).unref();
    return granted;
  };
  room.ifFailed(() => sum.abandon());
  const landed = terms.map(async (from, t) => {
    if (typeof from !== 'number') return;
    await mesh.land(from, call, incoming => written(room, () => land(t, from, incoming)));
  });
  await Promise.all(landed).finally(() => end?.());
}

/**
 * Receives arrays of known lengths in their place.
 * @throws as `streamSum`
 */
export function landIn(
  { mesh, call, room }: Surroundings,
  from: number,
  arrays: readonly LeafData[]
): Promise<void> {
  const layout = new Layout(arrays);
  return mesh.land(from, call, ({ words }) =>
    written(room, () => {
      layout.assertFits(words);
      return inPlace(layout);
    })
  );
}

/** Receives arrays of any lengths, for the time of the call. @throws as `streamSum` */
export async function landAnywhere(
  { mesh, call, room }: Surroundings,
  from: number
): Promise<readonly LeafData[]> {
  let arrays: readonly LeafData[] = [];
  await mesh.land(from, call, ({ words, isHere }) =>
    written(room, () => {
      arrays = isHere
        ? arraysIn(new Uint8Array(payloadBytes(words)), words)
        : room.arrays(words.arrays);
      return inPlace(new Layout(arrays));
    })
  );
  return arrays;
}

/** Steps of Σ w_t x_t, as `combine` takes it. */
export function weighing(sums: Sums, weights: readonly number[]): Step {
  if (isPlainAverage(weights)) return adding(sums, weights.length, weights.length);
  return (t, out, sum, term) =>
    t === 1
      ? sums.axpby(out, weights[0], sum, weights[1], term)
      : sums.axpy(out, sum, weights[t], term);
}

/** Steps of (Σ x_t) / divisor over so many terms, as `sumByRank` takes it. */
export function adding(sums: Sums, terms: number, divisor: number): Step {
  return (t, out, sum, term) =>
    t === terms - 1 && divisor !== 1
      ? sums.mean(out, sum, term, divisor)
      : sums.add(out, sum, term);
}

function inPlace(layout: Layout): Granted {
  const place = (offset: number): Uint8Array => layout.placeIn(layout.arrays, offset);
  return { landing: { place, arrived: nothing, released: nothing } };
}

/** The room is told how long a landing is written; nothing is, once the call has failed. */
function written(room: CallRoom, begin: () => Granted): Granted {
  if (room.isOver) return { landing: thrownAway() };
  const { landing, limit } = begin();
  const end = room.writing();
  const released = (isWhole: boolean): void => {
    landing.released(isWhole);
    end();
  };
  return { landing: { ...landing, released }, ...(limit === undefined ? {} : { limit }) };
}

function nothing(): void {
  // The wait for the message is all that hears of it.
}
