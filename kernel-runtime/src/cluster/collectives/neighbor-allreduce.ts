/** x_i⁺ = w_ii x_i + Σ_j w_ij x_j: the exchange that decentralized algorithms are made of. */
import { combine } from '../../mathematics/communicator/combine.js';
import { assertMutual, edgesOf } from '../../mathematics/communicator/edges.js';
import type {
  NeighborAllreduceOptions,
  Value
} from '../../mathematics/communicator/communicator.js';
import type { Description, LeafData } from '../../mathematics/communicator/values.js';
import type { ExchangePlan } from '../../mathematics/communicator/weights.js';
import { gatherAll } from './all-ranks.js';
import type { Call } from './call.js';
import type { Arriving, Caller } from './caller.js';

export interface NeighborExchange {
  readonly plan: ExchangePlan;
  readonly options: NeighborAllreduceOptions;
  /** The topology in words, equal on all ranks that have the same one. */
  readonly topology: string;
  /** Whether this topology must still be compared with a neighbour's; named calls compare it edge by edge. */
  readonly isTopologyNew: boolean;
}

const OP = 'neighborAllreduce';

/** One partial averaging of this rank. */
export function neighborAllreduce<T extends Value>(
  caller: Caller,
  x: T,
  exchange: NeighborExchange
): Promise<T> {
  const { plan, options, topology } = exchange;
  const begin = async (described: Description): Promise<{ arriving: Arriving }> => {
    if (options.enableTopoCheck ?? true) await agree(caller, exchange);
    const call = caller.neighbourCall({ op: OP, signature: signatureOf(described), options });
    return { arriving: average(caller, call, { plan, described }) };
  };
  // Named calls have no place in a common order, so that their agreement never is a condition of the next call.
  const signatureOf = ({ signature }: Description): string =>
    options.name === undefined || plan.isDynamic ? signature : `${signature} in ${topology}`;
  if (options.name === undefined) return caller.exchange(x, begin);
  return caller.exchange(x, described =>
    Promise.resolve({ arriving: begin(described).then(({ arriving }) => arriving) })
  );
}

/** Ranks of a dynamic exchange must have named each other; ranks of a static one must have the same topology. */
async function agree(caller: Caller, exchange: NeighborExchange): Promise<void> {
  const { plan, options, topology, isTopologyNew } = exchange;
  if (plan.isDynamic) return agreeOnEdges(caller, plan, options);
  if (!isTopologyNew || caller.size === 1) return;
  const { mesh, rank, size } = caller;
  const signature = `the topology ${topology}`;
  const call = caller.allRanksCall({ op: OP, signature, options: withoutName(options) });
  // Around the ring: if every rank has its predecessor's topology, all have the same.
  const sent = mesh.post([(rank + 1) % size], call, []);
  await mesh.receive((rank - 1 + size) % size, call);
  await sent;
}

async function agreeOnEdges(
  caller: Caller,
  plan: ExchangePlan,
  options: NeighborAllreduceOptions
): Promise<void> {
  const words = { op: `${OP} with dstWeights`, signature: '', options: withoutName(options) };
  const call = caller.allRanksCall(words);
  assertMutual(await gatherAll(caller, call, edgesOf(plan)));
}

function withoutName({ name, timeout }: NeighborAllreduceOptions): NeighborAllreduceOptions {
  return {
    ...(name === undefined ? {} : { name: `${name} (edges)` }),
    ...(timeout === undefined ? {} : { timeout })
  };
}

async function average(
  { mesh }: Caller,
  call: Call,
  { plan, described }: { plan: ExchangePlan; described: Description }
): Promise<LeafData[]> {
  const { leaves } = described;
  const own = leaves.map(leaf => leaf.data);
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
