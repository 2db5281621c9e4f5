/** What ranks must agree on before an exchange: the same topology, or, if a call names its ranks, who sends to whom. */
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

/** Begins an exchange once the ranks agree. */
export async function afterAgreement(
  exchange: Exchange,
  agreement: Agreement,
  begin: () => Begun
): Promise<Begun> {
  const begun = agree(exchange, agreement).then(begin);
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

async function agree({ caller, options }: Exchange, agreement: Agreement): Promise<void> {
  const { name, timeout } = options;
  const { op, spec } = agreement;
  if (!spec.isChecked) return;
  if (spec.plan.isDynamic) {
    const named = name === undefined ? { timeout } : { name: `${name} (edges)`, timeout };
    const call = caller.allRanksCall({ op: sayingRanks(op), signature: '', options: named });
    const said = await gatherAll(caller, call, edgesOf(spec.plan));
    assertMutual(...nodesOf(said, agreement));
  } else if (name === undefined) await agreeOnTopology(caller, agreement, timeout);
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
  if (caller.members.length === 1 || !caller.isNew(op, topology)) return;
  const signature = `the topology ${topology}`;
  const call = caller.allRanksCall({ op, signature, options: { timeout } });
  const sent = caller.mesh.post([caller.memberAt(1)], call, []);
  await caller.mesh.receive(caller.memberAt(-1), call);
  await sent;
}
