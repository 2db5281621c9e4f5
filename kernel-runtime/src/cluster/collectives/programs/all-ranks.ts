/** What all ranks do together: wait for each other, and gather. */
import { concatenate } from '../../../mathematics/communicator/gather.js';
import type { Specs } from '../../../mathematics/communicator/specs.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { Call } from '../call.js';
import { inRoom } from '../call-room.js';
import type { Entrance } from '../entrance.js';
import type { Program } from '../program.js';
import { landAnywhere } from '../stream.js';

/** Resolves once every rank has called it: log2 n rounds, in round r with the ranks 2^r before and after. */
export const barrier: Program<Specs['barrier']> = ({ caller, options }) => {
  const call = caller.allRanksCall({ op: 'barrier', signature: '', options });
  return { arriving: disseminate(caller, call) };
};

/** The values of all ranks, one behind the other, by rank. */
export const allgather: Program<Specs['allgather']> = exchange => {
  const { caller, arrays, signature, options } = exchange;
  const call = caller.allRanksCall({ op: 'allgather', signature, options });
  const { mesh, members, rank } = caller;
  const arriving = inRoom(exchange, async room => {
    const sent = mesh.post(caller.others(), call, arrays);
    const gathered = await Promise.all(
      members.map(async from => (from === rank ? arrays : landAnywhere({ mesh, call, room }, from)))
    );
    await sent;
    return concatenate(gathered, arrays, room.result);
  });
  return { arriving };
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

/** Resolves once every rank has entered the call. */
export async function disseminate(caller: Entrance, call: Call): Promise<LeafData[]> {
  const { mesh, members } = caller;
  for (let distance = 1; distance < members.length; distance *= 2) {
    // What cannot be sent ends the call at once: nobody will come to it.
    await Promise.all([
      mesh.post([caller.memberAt(distance)], call, []),
      mesh.receive(caller.memberAt(-distance), call)
    ]);
  }
  return [];
}
