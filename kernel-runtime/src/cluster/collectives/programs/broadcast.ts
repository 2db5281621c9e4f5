/** One rank's value on every rank. */
import type { Specs } from '../../../mathematics/communicator/specs.js';
import { childrenOf, parentOf } from '../../../mathematics/communicator/tree.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { Call } from '../call.js';
import type { Entrance } from '../entrance.js';
import type { Exchange, Program } from '../program.js';

/** The value of `rootRank`, down a binomial tree: after log2 n rounds all have it. */
export const broadcast: Program<Specs['broadcast']> = (exchange, { rootRank }) => {
  const { caller, signature, options } = exchange;
  const op = `broadcast from rank ${rootRank}`;
  const call = caller.allRanksCall({ op, signature, options });
  return { arriving: share(exchange, call, rootRank) };
};

async function share(
  { caller, arrays }: Exchange,
  call: Call,
  rootRank: number
): Promise<readonly LeafData[]> {
  const { members } = caller;
  const root = members.indexOf(rootRank);
  const fromRoot = [...members.slice(root), ...members.slice(0, root)];
  // Two ranks with different roots could wait for each other: around the ring, somebody finds that they differ.
  const agreed = tellNext(caller, call);
  const shared = handDown(caller, call, { ranks: fromRoot, arrays });
  return (await Promise.all([shared, agreed]))[0];
}

/** From the first of these ranks to all others. @returns the first one's arrays, in new memory */
export async function handDown(
  { mesh, rank }: Entrance,
  call: Call,
  { ranks, arrays }: { ranks: readonly number[]; arrays: readonly LeafData[] }
): Promise<readonly LeafData[]> {
  const place = ranks.indexOf(rank);
  const whole =
    place === 0
      ? arrays.map(data => data.slice())
      : await mesh.receive(ranks[parentOf(place)], call);
  const children = childrenOf(place, ranks.length).map(child => ranks[child]);
  await Promise.all(children.map(async child => mesh.post([child], call, whole)));
  return whole;
}

async function tellNext(caller: Entrance, call: Call): Promise<void> {
  if (caller.members.length === 1) return;
  const sent = caller.mesh.post([caller.memberAt(1)], call, []);
  await caller.mesh.receive(caller.memberAt(-1), call);
  await sent;
}
