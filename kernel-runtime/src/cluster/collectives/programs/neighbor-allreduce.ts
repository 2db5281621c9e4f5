/** x_i⁺ = w_ii x_i + Σ_j w_ij x_j: the exchange that decentralized algorithms are made of. */
import { combine } from '../../../mathematics/communicator/combine.js';
import type { CallOptions } from '../../../mathematics/communicator/communicator.js';
import { assertMutual, edgesOf } from '../../../mathematics/communicator/edges.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { ExchangePlan } from '../../../mathematics/communicator/weights.js';
import type { Call } from '../call.js';
import type { Entrance } from '../entrance.js';
import type { Begun, Exchange } from '../program.js';
import { gatherAll } from './all-ranks.js';

export interface NeighborAllreduceSpec {
  readonly plan: ExchangePlan;
  /** The topology in words, equal on all ranks that have the same one. */
  readonly topology: string;
  /** Whether the neighbours must agree on who sends to whom. */
  readonly isChecked: boolean;
}

const OP = 'neighborAllreduce';
const NOBODY = [new Int32Array(0), new Int32Array(0)] as const;

/** One partial averaging of this rank. */
export async function neighborAllreduce(
  exchange: Exchange,
  spec: NeighborAllreduceSpec
): Promise<Begun> {
  const begun = begin(exchange, spec);
  // Named calls have no place in a common order, so that their agreement never is a condition of the next call.
  if (exchange.options.name === undefined) return begun;
  return { arriving: begun.then(({ arriving }) => arriving) };
}

async function begin(exchange: Exchange, spec: NeighborAllreduceSpec): Promise<Begun> {
  const { caller, arrays, options } = exchange;
  const { plan, topology, isChecked } = spec;
  if (isChecked) await agree(exchange, spec);
  const isComparedByEdge = options.name !== undefined && !plan.isDynamic;
  const signature = isComparedByEdge ? `${exchange.signature} in ${topology}` : exchange.signature;
  const call = caller.neighbourCall({ op: OP, signature, options });
  return { arriving: average(caller, call, { plan, own: arrays }) };
}

/** Ranks of a dynamic exchange must have named each other; ranks of a static one must have the same topology. */
async function agree(
  { caller, options }: Exchange,
  { plan, topology }: NeighborAllreduceSpec
): Promise<void> {
  if (plan.isDynamic) return agreeOnEdges(caller, plan, options);
  if (options.name === undefined) await agreeOnTopology(caller, topology, options);
}

/** Around the ring, once an epoch and topology: if every rank has its predecessor's, all have the same. */
async function agreeOnTopology(
  caller: Entrance,
  topology: string,
  { timeout }: CallOptions
): Promise<void> {
  const { mesh } = caller;
  if (caller.members.length === 1 || !caller.isNew(topology)) return;
  const signature = `the topology ${topology}`;
  const call = caller.allRanksCall({ op: OP, signature, options: { timeout } });
  const sent = mesh.post([caller.memberAt(1)], call, []);
  await mesh.receive(caller.memberAt(-1), call);
  await sent;
}

async function agreeOnEdges(
  caller: Entrance,
  plan: ExchangePlan,
  { name, timeout }: CallOptions
): Promise<void> {
  const options = name === undefined ? { timeout } : { name: `${name} (edges)`, timeout };
  const call = caller.allRanksCall({ op: `${OP} with dstWeights`, signature: '', options });
  const edges = await gatherAll(caller, call, edgesOf(plan));
  // A rank that takes no part has said nothing, and names nobody.
  assertMutual(edges.map(said => (said.length === 0 ? NOBODY : said)));
}

async function average(
  { mesh }: Entrance,
  call: Call,
  { plan, own }: { plan: ExchangePlan; own: readonly LeafData[] }
): Promise<LeafData[]> {
  const factors = [...new Set(plan.destinations.map(([, factor]) => factor))];
  const sent = factors.map(factor => {
    const ranks = plan.destinations.filter(([, other]) => other === factor).map(([to]) => to);
    return mesh.post(ranks, call, factor === 1 ? own : own.map(data => scaled(data, factor)));
  });
  const parts = await Promise.all(plan.sources.map(([from]) => mesh.receive(from, call)));
  await Promise.all(sent);
  return own.map((data, l) => {
    const neighbours = plan.sources.map(([, weight], s) => ({ weight, data: parts[s][l] }));
    return combine(
      { weight: plan.selfWeight, data },
      neighbours.filter(({ weight }) => weight !== 0)
    );
  });
}

function scaled(data: LeafData, factor: number): LeafData {
  return combine({ weight: factor, data }, []);
}
