/** Σ_j x_j, or its average, over all ranks or over those of a machine. */
import { sumByRank } from '../../../mathematics/communicator/combine.js';
import type { Specs } from '../../../mathematics/communicator/specs.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import { spans } from '../../net/spans.js';
import type { Call } from '../call.js';
import { allOf } from '../coming.js';
import { inRoom, type CallRoom } from '../call-room.js';
import type { Entrance } from '../entrance.js';
import type { LinkMemory } from '../link-memory.js';
import type { Program } from '../program.js';
import { adding, isLarge, landIn, streamSum } from '../stream.js';
import { describeArrays } from '../words.js';

/** The same bits on every rank of the group. */
export const allreduce: Program<Specs['allreduce']> = (exchange, { average, group }) => {
  const { caller, arrays, signature, options } = exchange;
  const members = group ?? caller.members;
  const divisor = average ? members.length : 1;
  // Refuses the average of whole numbers before anything is sent.
  for (const data of arrays) sumByRank([data.slice(0, 0)], divisor);
  const op = `allreduce (${average ? 'average' : 'sum'}${group ? ', inside machines' : ''})`;
  const call = caller.allRanksCall({ op, signature, options, needs: members });
  const reduction = { caller, call, members, divisor };
  if (!isLarge(arrays)) return { arriving: reduceAndShare(reduction, arrays) };
  const { memory, results } = exchange;
  const arriving = inRoom(exchange, room => {
    const out = room.results(describeArrays(arrays), results);
    return reduceLarge({ ...reduction, room, memory }, arrays, out);
  });
  return { arriving };
};

/** A sum of some ranks, in one call. */
export interface Reduction {
  readonly caller: Entrance;
  readonly call: Call;
  /** Who takes part, this rank among them, ascending. */
  readonly members: readonly number[];
  /** Their number for an average, 1 for a sum. */
  readonly divisor: number;
}

interface LargeReduction extends Reduction {
  readonly room: CallRoom;
  readonly memory: LinkMemory;
}

/**
 * Every member owns one piece of the arrays: it gets that piece of all, sums in the order of the ranks, and sends the sum
 * to all. So 2 (n − 1)/n of the data leave every rank, and all get the same bits.
 */
export async function reduceAndShare(
  { caller, call, members, divisor }: Reduction,
  datas: readonly LeafData[]
): Promise<LeafData[]> {
  const { mesh, rank } = caller;
  const own = members.indexOf(rank);
  const others = members.filter(member => member !== rank);
  const piecesOf = (k: number): LeafData[] => datas.map(data => piece(data, k, members.length));
  const scattered = others.map(from => mesh.receive(from, call));
  const sent = others.map(to => mesh.post([to], call, piecesOf(members.indexOf(to))));
  const ownPieces = piecesOf(own).map(data => data.slice());
  const parts = await allOf(scattered);
  const byMember = [...parts.slice(0, own), ownPieces, ...parts.slice(own)];
  const sums = spans.time('reduce', call.op, () =>
    datas.map((_, l) =>
      sumByRank(
        byMember.map(arrays => arrays[l]),
        divisor
      )
    )
  );
  const shared = others.map(from => mesh.receive(from, call));
  sent.push(mesh.post(others, call, sums));
  const rest = await allOf(shared);
  await allOf(sent);
  const results = [...rest.slice(0, own), sums, ...rest.slice(own)];
  return datas.map((data, l) => {
    const whole = data.slice();
    results.forEach((arrays, k) => piece(whole, k, members.length).set(arrays[l]));
    return whole;
  });
}

/** The same for large arrays, summed while they arrive, in link memory. @returns `out` */
export async function reduceLarge(
  { caller, call, members, divisor, room, memory: { sums } }: LargeReduction,
  datas: readonly LeafData[],
  out: readonly LeafData[]
): Promise<readonly LeafData[]> {
  const { mesh, rank } = caller;
  const others = members.filter(member => member !== rank);
  const pieceOf = (arrays: readonly LeafData[], member: number): LeafData[] =>
    arrays.map(data => piece(data, members.indexOf(member), members.length));
  const sum = pieceOf(out, rank);
  if (others.length === 0) {
    datas.forEach((data, l) => sums.divide(out[l], data, divisor));
    return out;
  }
  const surroundings = { mesh, call, room };
  const sent = others.map(to => mesh.post([to], call, pieceOf(datas, to)));
  const summed = streamSum(surroundings, {
    out: sum,
    terms: members.map(member => (member === rank ? pieceOf(datas, rank) : member)),
    step: adding(sums, members.length, divisor)
  });
  // They come behind what is summed, from the same ranks.
  const shared = others.map(from => landIn(surroundings, from, pieceOf(out, from)));
  const sharing = summed.then(() => (room.isOver ? undefined : mesh.post(others, call, sum)));
  await Promise.all([...shared, sharing, ...sent]);
  return out;
}

/** The k-th of so many pieces of an array, in its memory. */
function piece(data: LeafData, k: number, pieces: number): LeafData {
  const edge = (place: number): number => Math.floor((place * data.length) / pieces);
  return data.subarray(edge(k), edge(k + 1));
}
