/** The operations of all ranks: allreduce, broadcast, barrier, and the gathering of a few numbers. */
import { sumByRank } from '../../../mathematics/communicator/combine.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { Call } from '../call.js';
import type { Entrance } from '../entrance.js';
import type { Program } from '../program.js';

export interface AllreduceSpec {
  /** Divides the sum by the number of ranks. */
  readonly average: boolean;
}

/**
 * Σ_j x_j, or its average. Every rank owns one piece of the arrays: it gets that piece of all ranks, sums in the order of
 * the ranks, and sends the sum to all. So 2 (n − 1)/n of the data leave every rank, and all ranks get the same bits.
 */
export const allreduce: Program<AllreduceSpec> = (exchange, { average }) => {
  const { caller, arrays, signature, options } = exchange;
  const divisor = average ? caller.members.length : 1;
  // Refuses the average of whole numbers before anything is sent.
  for (const data of arrays) sumByRank([data.slice(0, 0)], divisor);
  const op = `allreduce (${average ? 'average' : 'sum'})`;
  const call = caller.allRanksCall({ op, signature, options });
  return { arriving: reduceAndShare({ caller, call, divisor }, arrays) };
};

export interface BroadcastSpec {
  readonly rootRank: number;
}

/** The value of `rootRank`. */
export const broadcast: Program<BroadcastSpec> = (exchange, { rootRank }) => {
  const { caller, arrays, signature, options } = exchange;
  const op = `broadcast from rank ${rootRank}`;
  const call = caller.allRanksCall({ op, signature, options });
  // Every rank tells every other which root it means: two roots would wait for each other.
  const own = caller.rank === rootRank ? arrays.map(data => data.slice()) : [];
  return { arriving: gatherAll(caller, call, own).then(entries => entries[rootRank]) };
};

/** Resolves once every rank has called it: log2 n rounds, in round r with the ranks 2^r before and after. */
export const barrier: Program<Record<string, never>> = ({ caller, options }) => {
  const call = caller.allRanksCall({ op: 'barrier', signature: '', options });
  return { arriving: disseminate(caller, call) };
};

/**
 * The arrays of all ranks, by rank, none of one that takes no part; they may differ in length. For a few numbers: every
 * rank sends to every other.
 */
export async function gatherAll(
  caller: Entrance,
  call: Call,
  arrays: readonly LeafData[]
): Promise<(readonly LeafData[])[]> {
  const { mesh, members, rank, size } = caller;
  const byRank = Array.from({ length: size }, (): readonly LeafData[] => []);
  const gathered = members.map(async member => {
    byRank[member] = member === rank ? arrays : await mesh.receive(member, call);
  });
  await Promise.all([mesh.post(caller.others(), call, arrays), ...gathered]);
  return byRank;
}

interface Reduction {
  readonly caller: Entrance;
  readonly call: Call;
  readonly divisor: number;
}

async function reduceAndShare(
  { caller, call, divisor }: Reduction,
  datas: readonly LeafData[]
): Promise<LeafData[]> {
  const { mesh, members } = caller;
  const pieces = members.length;
  const own = members.indexOf(caller.rank);
  const piece = (data: LeafData, k: number): LeafData =>
    data.subarray(edge(data, k, pieces), edge(data, k + 1, pieces));
  const others = caller.others();
  const scattered = others.map(from => mesh.receive(from, call));
  const sent = others.map(to => {
    const k = members.indexOf(to);
    return mesh.post(
      [to],
      call,
      datas.map(data => piece(data, k))
    );
  });
  const ownPieces = datas.map(data => piece(data, own).slice());
  const parts = await Promise.all(scattered);
  const byMember = [...parts.slice(0, own), ownPieces, ...parts.slice(own)];
  const sums = datas.map((_, l) =>
    sumByRank(
      byMember.map(arrays => arrays[l]),
      divisor
    )
  );
  const shared = others.map(from => mesh.receive(from, call));
  sent.push(mesh.post(others, call, sums));
  const rest = await Promise.all(shared);
  await Promise.all(sent);
  const results = [...rest.slice(0, own), sums, ...rest.slice(own)];
  return datas.map((data, l) => {
    const whole = data.slice();
    results.forEach((arrays, k) => whole.set(arrays[l], edge(data, k, pieces)));
    return whole;
  });
}

/** Where one of the pieces of an array begins. */
function edge(data: LeafData, k: number, pieces: number): number {
  return Math.floor((k * data.length) / pieces);
}

/** Resolves once every rank has entered the call. */
export async function disseminate(caller: Entrance, call: Call): Promise<LeafData[]> {
  const { mesh, members } = caller;
  for (let distance = 1; distance < members.length; distance *= 2) {
    const sent = mesh.post([caller.memberAt(distance)], call, []);
    await mesh.receive(caller.memberAt(-distance), call);
    await sent;
  }
  return [];
}
