/** x_i⁺ = w_ii x_i + Σ_j w_ij x_j: the exchange that decentralized algorithms are made of. */
import { scaled, weigh } from '../../../mathematics/communicator/combine.js';
import type { Specs } from '../../../mathematics/communicator/specs.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { ExchangePlan } from '../../../mathematics/communicator/weights.js';
import { spans } from '../../net/spans.js';
import type { Call } from '../call.js';
import type { Mesh } from '../mesh.js';
import type { Program } from '../program.js';
import { afterAgreement, signatureIn } from './agreement.js';

/** One partial averaging of this rank. */
export const neighborAllreduce: Program<Specs['neighborAllreduce']> = (exchange, spec) => {
  const { caller, arrays, options } = exchange;
  const { op = 'neighborAllreduce', plan } = spec;
  return afterAgreement(exchange, { op, spec }, () => {
    const call = caller.neighbourCall({ op, signature: signatureIn(exchange, spec), options });
    return { arriving: average(caller.mesh, call, { plan, own: arrays }) };
  });
};

/** Sends to the destinations of a plan, and weighs what its sources send. Between the ranks of the plan themselves. */
export async function average(
  mesh: Mesh,
  call: Call,
  { plan, own }: { plan: ExchangePlan; own: readonly LeafData[] }
): Promise<LeafData[]> {
  const factors = [...new Set(plan.destinations.map(([, factor]) => factor))];
  const sent = factors.map(factor => {
    const ranks = plan.destinations.filter(([, other]) => other === factor).map(([to]) => to);
    return mesh.post(ranks, call, scaled(own, factor));
  });
  const received = await Promise.all(plan.sources.map(([from]) => mesh.receive(from, call)));
  await Promise.all(sent);
  return spans.time('reduce', call.op, () => weigh(plan, own, received));
}
