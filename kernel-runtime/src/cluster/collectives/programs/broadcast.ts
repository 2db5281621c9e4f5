/** One rank's value on every rank. */
import type { Specs } from '../../../mathematics/communicator/specs.js';
import { childrenOf, parentOf } from '../../../mathematics/communicator/tree.js';
import { sameMemory } from '../../../mathematics/communicator/out.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { Call } from '../call.js';
import { allOf } from '../coming.js';
import { inRoom } from '../call-room.js';
import type { Entrance } from '../entrance.js';
import type { Exchange, Program } from '../program.js';
import { isLarge, landIn, type Surroundings } from '../stream.js';
import { describeArrays } from '../words.js';

/** The value of `rootRank`, down a binomial tree: after log2 n rounds all have it. */
export const broadcast: Program<Specs['broadcast']> = (exchange, { rootRank }) => {
  const { caller, signature, options } = exchange;
  const op = `broadcast from rank ${rootRank}`;
  const call = caller.allRanksCall({ op, signature, options });
  return { arriving: share(exchange, call, rootRank) };
};

async function share(
  exchange: Exchange,
  call: Call,
  rootRank: number
): Promise<readonly LeafData[]> {
  const { caller, arrays, results } = exchange;
  const { mesh, members, rank } = caller;
  const root = members.indexOf(rootRank);
  const ranks = [...members.slice(root), ...members.slice(0, root)];
  // Two ranks with different roots could wait for each other: around the ring, somebody finds that they differ.
  const agreed = tellNext(caller, call);
  const both = async (shared: Promise<readonly LeafData[]>): Promise<readonly LeafData[]> =>
    (await Promise.all([shared, agreed]))[0];
  if (!isLarge(arrays)) return both(handDown(caller, call, { ranks, arrays }));
  return inRoom(exchange, room => {
    const out = room.results(describeArrays(arrays), results);
    return both(handDownLarge({ mesh, call, room }, { rank, ranks, arrays, out }));
  });
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
  await allOf(children.map(child => mesh.post([child], call, whole)));
  return whole;
}

/** The same for large arrays, which land in `out`. @returns `out` */
export async function handDownLarge(
  surroundings: Surroundings,
  { rank, ranks, arrays, out }: HandedDown
): Promise<readonly LeafData[]> {
  const { mesh, call, room } = surroundings;
  const place = ranks.indexOf(rank);
  const children = childrenOf(place, ranks.length).map(child => ranks[child]);
  if (place > 0) await landIn(surroundings, ranks[parentOf(place)], out);
  if (room.isOver) return out;
  const sent = children.map(child => mesh.post([child], call, place > 0 ? out : arrays));
  if (place === 0) out.forEach((data, l) => !sameMemory(data, arrays[l]) && data.set(arrays[l]));
  await allOf(sent);
  return out;
}

interface HandedDown {
  /** This rank. */
  readonly rank: number;
  /** From the first of these to all others. */
  readonly ranks: readonly number[];
  /** Read on the first rank only. */
  readonly arrays: readonly LeafData[];
  readonly out: readonly LeafData[];
}

async function tellNext(caller: Entrance, call: Call): Promise<void> {
  if (caller.members.length === 1) return;
  const sent = caller.mesh.post([caller.memberAt(1)], call, []);
  await caller.mesh.receive(caller.memberAt(-1), call);
  await sent;
}
