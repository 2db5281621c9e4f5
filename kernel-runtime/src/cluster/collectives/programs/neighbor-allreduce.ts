/** x_i⁺ = w_ii x_i + Σ_j w_ij x_j: the exchange that decentralized algorithms are made of. */
import { scaled, weigh } from '../../../mathematics/communicator/combine.js';
import { coderOf } from '../../../mathematics/communicator/compression/coder.js';
import {
  compressionInWords,
  type Coder
} from '../../../mathematics/communicator/compression/compression.js';
import { TopKMemory } from '../../../mathematics/communicator/compression/top-k.js';
import type { Specs } from '../../../mathematics/communicator/specs.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { ExchangePlan } from '../../../mathematics/communicator/weights.js';
import { spans } from '../../net/spans.js';
import type { Call } from '../call.js';
import { allOf } from '../coming.js';
import type { Entrance } from '../entrance.js';
import type { Mesh } from '../mesh.js';
import type { Exchange, Program } from '../program.js';
import { inRoom } from '../call-room.js';
import { describeArrays } from '../words.js';
import { afterAgreement, signatureIn } from './agreement.js';
import { averageLarge, isLargeAverage } from './streamed-average.js';

/** One partial averaging of this rank. */
export const neighborAllreduce: Program<Specs['neighborAllreduce']> = (exchange, spec) => {
  const { caller, arrays: own, results, options } = exchange;
  const { op = 'neighborAllreduce', plan, compression } = spec;
  return afterAgreement(exchange, { op, spec }, () => {
    const words = compression ? `${op} ${compressionInWords(compression)}` : op;
    const signature = signatureIn(exchange, spec);
    const coded = { name: options.name, rank: caller.rank, own };
    const coder = compression ? coderOf(spec, coded, memoryOf(caller)) : undefined;
    const call = caller.neighbourCall({ op: words, signature, options });
    if (coder || !isLargeAverage(plan, own)) {
      return { arriving: average(caller.mesh, call, { plan, own, coder, results }) };
    }
    const { mesh } = caller;
    const { memory } = exchange;
    const arriving = inRoom(exchange, room => {
      const out = room.results(describeArrays(own), results);
      return averageLarge({ mesh, call, room }, { plan, own, out, memory });
    });
    return { arriving };
  });
};

/** What a rank has sent and heard in this epoch of what topK leaves out. */
const memories = new WeakMap<Entrance, { readonly epoch: number; readonly memory: TopKMemory }>();

function memoryOf(caller: Entrance): TopKMemory {
  const { epoch } = caller.mesh;
  const known = memories.get(caller);
  if (known?.epoch === epoch) return known.memory;
  const memory = new TopKMemory();
  memories.set(caller, { epoch, memory });
  return memory;
}

/** One partial averaging whose messages are collected. */
interface SmallAverage {
  readonly plan: ExchangePlan;
  readonly own: readonly LeafData[];
  readonly coder?: Coder | undefined;
  /** Where the sums go. Defaults to new memory. */
  readonly results?: Exchange['results'];
}

/** Sends to the destinations of a plan, and weighs what its sources send. Between the ranks of the plan themselves. */
export function average(
  mesh: Mesh,
  call: Call,
  { plan, own, coder, results }: SmallAverage
): LeafData[] | Promise<LeafData[]> {
  const sends = sendingsOf(plan).map(({ factor, ranks }) => {
    const arrays = scaled(own, factor);
    return mesh.post(ranks, call, coder ? coder.encode(arrays) : arrays);
  });
  const receives = plan.sources.map(([from]) => mesh.receive(from, call));
  const reduce = (received: (readonly LeafData[])[]): LeafData[] =>
    spans.time('reduce', call.op, () => {
      if (!coder) return weigh(plan, own, received, results);
      const heard = received.map((arrays, s) => coder.decode(plan.sources[s][0], arrays));
      return weigh(plan, own, heard, results);
    });
  if (receives.every(isHere) && sends.every(sent => sent === undefined)) return reduce(receives);
  return later(receives, sends, reduce);
}

/** Sums once everything has come, and nothing is read any more. */
async function later<T>(
  receives: readonly (T | Promise<T>)[],
  sends: readonly (Promise<unknown> | undefined)[],
  reduce: (received: T[]) => LeafData[]
): Promise<LeafData[]> {
  const received = receives.length === 1 ? [await receives[0]] : await allOf(receives);
  if (sends.some(sent => sent !== undefined)) await allOf(sends);
  return reduce(received);
}

function isHere<T>(coming: T | Promise<T>): coming is T {
  return !(coming instanceof Promise);
}

/** Ranks that get the same numbers. */
interface Sending {
  readonly factor: number;
  readonly ranks: readonly number[];
}

/** Of plans that are used again and again. */
const sendings = new WeakMap<ExchangePlan, readonly Sending[]>();

function sendingsOf(plan: ExchangePlan): readonly Sending[] {
  const known = sendings.get(plan);
  if (known) return known;
  const { destinations } = plan;
  const factors = [...new Set(destinations.map(([, factor]) => factor))];
  const made = factors.map(factor => ({
    factor,
    ranks: destinations.filter(([, other]) => other === factor).map(([to]) => to)
  }));
  sendings.set(plan, made);
  return made;
}
