/** The exchange of neighborAllreduce between machines, each of which averages inside before. */
import { planInWords } from '../../../mathematics/communicator/edges.js';
import type { Specs } from '../../../mathematics/communicator/specs.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { ExchangePlan } from '../../../mathematics/communicator/weights.js';
import type { Call } from '../call.js';
import { inRoom } from '../call-room.js';
import type { Exchange, Program } from '../program.js';
import { describeArrays } from '../words.js';
import { afterAgreement, signatureIn } from './agreement.js';
import { reduceAndShare, reduceLarge, type Reduction } from './allreduce.js';
import { handDown, handDownLarge } from './broadcast.js';
import { average } from './neighbor-allreduce.js';
import { averageLarge, isLargeAverage } from './streamed-average.js';

type Spec = Specs['hierarchicalNeighborAllreduce'];

const OP = 'hierarchicalNeighborAllreduce';

/** Every rank of a machine gets its machine's weighted sum of the machines' averages. */
export const hierarchicalNeighborAllreduce: Program<Spec> = (exchange, spec) => {
  const nodes = { unit: 'machine', leaders: spec.leaders } as const;
  return afterAgreement(exchange, { op: OP, spec, nodes }, () => {
    const { caller, options } = exchange;
    const call = caller.allRanksCall({ op: OP, signature: signatureIn(exchange, spec), options });
    return { arriving: exchangeMachines(exchange, spec, call) };
  });
};

/** Average inside; the first rank of each machine exchanges it; what it gets, goes to the others. */
async function exchangeMachines(
  exchange: Exchange,
  { plan, locals: members, leaders }: Spec,
  call: Call
): Promise<readonly LeafData[]> {
  const { caller, arrays } = exchange;
  // The ranks of a machine must want the same exchange: what one of them wants is in its words.
  const inside = { ...call, signature: `${call.signature} ${planInWords(plan)}` };
  const reduction = { caller, call: inside, members, divisor: members.length };
  const isLeader = caller.rank === members[0];
  const between = {
    ...plan,
    sources: plan.sources.map(([machine, weight]) => [leaders[machine], weight] as const),
    destinations: plan.destinations.map(([machine, factor]) => [leaders[machine], factor] as const)
  };
  const hasWhole = arrays.some(data => data instanceof Int32Array);
  if (!hasWhole && isLargeAverage(between, arrays)) {
    return exchangeLarge(exchange, { reduction, between, call });
  }
  const averages = await reduceAndShare(reduction, arrays);
  const combined = isLeader
    ? await average(caller.mesh, call, { plan: between, own: averages })
    : [];
  return handDown(caller, call, { ranks: members, arrays: combined });
}

/** The same for large arrays. */
function exchangeLarge(
  exchange: Exchange,
  { reduction, between, call }: { reduction: Reduction; between: ExchangePlan; call: Call }
): Promise<readonly LeafData[]> {
  const { caller, arrays, memory, results } = exchange;
  const { mesh, rank } = caller;
  const { members: ranks } = reduction;
  const words = describeArrays(arrays);
  return inRoom(exchange, async room => {
    const averages = room.arrays(words);
    const out = room.results(words, results);
    await reduceLarge({ ...reduction, room, memory }, arrays, averages);
    const surroundings = { mesh, call, room };
    if (rank === ranks[0])
      await averageLarge(surroundings, { plan: between, own: averages, out, memory });
    return handDownLarge(surroundings, { rank, ranks, arrays: out, out });
  });
}
