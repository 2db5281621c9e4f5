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
import type { Entrance } from '../entrance.js';
import type { Mesh } from '../mesh.js';
import type { Program } from '../program.js';
import { afterAgreement, signatureIn } from './agreement.js';

/** One partial averaging of this rank. */
export const neighborAllreduce: Program<Specs['neighborAllreduce']> = (exchange, spec) => {
  const { caller, arrays: own, options } = exchange;
  const { op = 'neighborAllreduce', plan, compression } = spec;
  return afterAgreement(exchange, { op, spec }, () => {
    const words = compression ? `${op} ${compressionInWords(compression)}` : op;
    const signature = signatureIn(exchange, spec);
    const coded = { name: options.name, rank: caller.rank, own };
    const coder = compression ? coderOf(spec, coded, memoryOf(caller)) : undefined;
    const call = caller.neighbourCall({ op: words, signature, options });
    return { arriving: average(caller.mesh, call, { plan, own, coder }) };
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

/** Sends to the destinations of a plan, and weighs what its sources send. Between the ranks of the plan themselves. */
export async function average(
  mesh: Mesh,
  call: Call,
  { plan, own, coder }: { plan: ExchangePlan; own: readonly LeafData[]; coder?: Coder | undefined }
): Promise<LeafData[]> {
  const factors = [...new Set(plan.destinations.map(([, factor]) => factor))];
  const sent = factors.map(factor => {
    const ranks = plan.destinations.filter(([, other]) => other === factor).map(([to]) => to);
    const arrays = scaled(own, factor);
    return mesh.post(ranks, call, coder ? coder.encode(arrays) : arrays);
  });
  const received = await Promise.all(plan.sources.map(([from]) => mesh.receive(from, call)));
  await Promise.all(sent);
  return spans.time('reduce', call.op, () => {
    if (!coder) return weigh(plan, own, received);
    const heard = received.map((arrays, s) => coder.decode(plan.sources[s][0], arrays));
    return weigh(plan, own, heard);
  });
}
