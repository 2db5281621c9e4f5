/** What ranks must agree on before an exchange: the same topology, or, if a call names its ranks, who sends to whom. */
import type { CallOptions } from '../../../mathematics/communicator/communicator.js';
import { assertMutual, edgesOf, sayingRanks } from '../../../mathematics/communicator/edges.js';
import type { NeighborSpec } from '../../../mathematics/communicator/specs.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { Entrance } from '../entrance.js';
import type { Begun, Exchange } from '../program.js';
import { gatherAll } from './all-ranks.js';

const NOBODY = [new Int32Array(0), new Int32Array(0)] as const;

/** An exchange whose ranks may have to agree. */
export interface Agreement {
  readonly op: string;
  readonly spec: NeighborSpec;
  /** What the edges of the plan join. Defaults to the ranks themselves. */
  readonly nodes?: { readonly unit: 'machine'; readonly leaders: readonly number[] };
}

/** Begins an exchange once the ranks agree: at once, if they have agreed before. */
export function afterAgreement(
  exchange: Exchange,
  agreement: Agreement,
  begin: () => Begun
): Begun | Promise<Begun> {
  const agreeing = agree(exchange, agreement);
  if (!agreeing) return begin();
  const begun = agreeing.then(begin);
  // Named calls have no place in a common order, so that their agreement never is a condition of the next call.
  if (exchange.options.name === undefined) return begun;
  return { arriving: begun.then(({ arriving }) => arriving) };
}

/** The signature of an exchange: that of a named call, which agrees on nothing before, holds the topology. */
export function signatureIn(
  { signature, options }: Exchange,
  { plan, topology }: NeighborSpec
): string {
  return options.name !== undefined && !plan.isDynamic ? `${signature} in ${topology}` : signature;
}

/** Undefined if there is nothing to agree on. */
function agree({ caller, options }: Exchange, agreement: Agreement): Promise<void> | undefined {
  const { name, timeout } = options;
  const { isChecked, plan, topology } = agreement.spec;
  if (!isChecked) return undefined;
  if (plan.isDynamic) {
    const named = name === undefined ? { timeout } : { name: `${name} (edges)`, timeout };
    return agreeOnEdges(caller, agreement, named);
  }
  const isAgreed =
    name !== undefined || caller.members.length === 1 || !caller.isNew(agreement.op, topology);
  return isAgreed ? undefined : agreeOnTopology(caller, agreement, timeout);
}

/** Every rank says whom it sends to, and whom it receives from. */
async function agreeOnEdges(
  caller: Entrance,
  agreement: Agreement,
  options: CallOptions
): Promise<void> {
  const { op, spec } = agreement;
  const call = caller.allRanksCall({ op: sayingRanks(op), signature: '', options });
  const said = await gatherAll(caller, call, edgesOf(spec.plan));
  assertMutual(...nodesOf(said, agreement));
}

/** What was said by rank, or by machine. A rank that takes no part has said nothing, and names nobody. */
function nodesOf(
  byRank: readonly (readonly LeafData[])[],
  { nodes }: Agreement
): Parameters<typeof assertMutual> {
  const said = byRank.map(edges => (edges.length === 0 ? NOBODY : edges));
  return nodes ? [nodes.leaders.map(leader => said[leader] ?? NOBODY), nodes.unit] : [said];
}

/** Around the ring, once an epoch and topology: if every rank has its predecessor's, all have the same. */
async function agreeOnTopology(
  caller: Entrance,
  { op, spec: { topology } }: Agreement,
  timeout: number | undefined
): Promise<void> {
  const signature = `the topology ${topology}`;
  // An exchange without the lost rank goes on.
  const call = caller.allRanksCall({ op, signature, options: { timeout }, needs: [] });
  const sent = caller.mesh.post([caller.memberAt(1)], call, []);
  await caller.mesh.receive(caller.memberAt(-1), call);
  await sent;
}
