/** The exchange of neighborAllreduce between machines, each of which averages inside before. */
import { planInWords } from '../../../mathematics/communicator/edges.js';
import type { Specs } from '../../../mathematics/communicator/specs.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { Call } from '../call.js';
import type { Exchange, Program } from '../program.js';
import { afterAgreement, signatureIn } from './agreement.js';
import { reduceAndShare } from './allreduce.js';
import { handDown } from './broadcast.js';
import { average } from './neighbor-allreduce.js';

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
  { caller, arrays }: Exchange,
  { plan, locals: members, leaders }: Spec,
  call: Call
): Promise<readonly LeafData[]> {
  // The ranks of a machine must want the same exchange: what one of them wants is in its words.
  const inside = { ...call, signature: `${call.signature} ${planInWords(plan)}` };
  const divisor = members.length;
  const averages = await reduceAndShare({ caller, call: inside, members, divisor }, arrays);
  const isLeader = caller.rank === members[0];
  const between = {
    ...plan,
    sources: plan.sources.map(([machine, weight]) => [leaders[machine], weight] as const),
    destinations: plan.destinations.map(([machine, factor]) => [leaders[machine], factor] as const)
  };
  const combined = isLeader
    ? await average(caller.mesh, call, { plan: between, own: averages })
    : [];
  return handDown(caller, call, { ranks: members, arrays: combined });
}
