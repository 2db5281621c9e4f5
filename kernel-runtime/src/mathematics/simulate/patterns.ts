/** When the calls of many ranks end: the messages that each of them consists of, played on the clock. */
import { childrenOf } from '../communicator/tree.js';
import type { Clock, Passage } from './clock.js';

/** By rank: when it is ready to send, or when it has ended, in ms. */
export type Times = Float64Array;

/** Who takes part, ascending. The times of all other ranks stay as they are. */
type Ranks = readonly number[];

/** An all-reduce of so many bytes, bucket after bucket. Returns when each rank has its result. */
export function allreduceEnds(
  clock: Clock,
  starts: Times,
  { bytes, ranks = allRanks(clock) }: { bytes: number; ranks?: Ranks }
): Times {
  const { bucket, allreduce } = clock.link;
  const pattern = allreduce === 'ring' ? ringEnds : directEnds;
  let ends = starts;
  let left = bytes;
  do {
    ends = pattern(clock, ends, { bytes: Math.min(left, bucket), ranks });
    left -= bucket;
  } while (left > 0);
  return ends;
}

interface Part {
  readonly bytes: number;
  readonly ranks: Ranks;
}

/**
 * Ring all-reduce: in each of 2 (n − 1) steps every rank sends one of n pieces to the next rank, first to sum them, then
 * to share them (Patarasuk and Yuan 2009). Without latency it takes 2 (n − 1)/n times the transfer of all bytes.
 */
function ringEnds(clock: Clock, starts: Times, { bytes, ranks }: Part): Times {
  const { length } = ranks;
  let ready = starts;
  for (let step = 0; step < 2 * (length - 1); step++) {
    ready = nextStep(clock, ready, { distance: 1, bytes: bytes / length, ranks });
  }
  return ready;
}

/**
 * As on the engines: every rank gets its piece from all, sums it, and sends the sum to all. As many bytes as the ring and
 * two latencies instead of 2 (n − 1).
 */
function directEnds(clock: Clock, starts: Times, { bytes, ranks }: Part): Times {
  const piece = bytes / ranks.length;
  const scattered = toAllOthers(clock, starts, { bytesOf: () => piece, ranks });
  return toAllOthers(clock, scattered, { bytesOf: () => piece, ranks });
}

/** A gather: every rank sends what it has to every other. */
export function allgatherEnds(
  clock: Clock,
  starts: Times,
  bytesOf: (rank: number) => number
): Times {
  return toAllOthers(clock, starts, { bytesOf, ranks: allRanks(clock) });
}

/** A broadcast down the binomial tree, while every rank tells the next one around the ring which root it means. */
export function broadcastEnds(
  clock: Clock,
  starts: Times,
  { rootRank, bytes }: { rootRank: number; bytes: number }
): Times {
  const ranks = allRanks(clock);
  const agreed = nextStep(clock, starts, { distance: 1, bytes: 0, ranks });
  const fromRoot = [...ranks.slice(rootRank), ...ranks.slice(0, rootRank)];
  const shared = treeEnds(clock, starts, { bytes, ranks: fromRoot });
  return shared.map((end, rank) => Math.max(end, agreed[rank]));
}

/** Down a binomial tree, from the first of these ranks. */
function treeEnds(clock: Clock, starts: Times, { bytes, ranks }: Part): Times {
  const ends = starts.slice();
  ranks.forEach((from, place) => {
    const at = ends[from];
    for (const child of childrenOf(place, ranks.length)) {
      const to = ranks[child];
      const sent = clock.send(from, [to], { bytes, at });
      ends[to] = clock.receive(to, sent, starts[to]);
      ends[from] = Math.max(ends[from], clock.sent(from));
    }
  });
  return ends;
}

/** An exchange between machines: an average inside each, messages between their first ranks, a broadcast inside each. */
export function hierarchicalEnds(
  clock: Clock,
  starts: Times,
  { bytes, machines, destinations }: MachineExchange
): Times {
  const averaged = machines.reduce<Times>(
    (ends, ranks) => allreduceEnds(clock, ends, { bytes, ranks }),
    starts
  );
  const arriving = machines.map((): Passage[] => []);
  machines.forEach(([from], machine) => {
    const to = destinations[machine].map(other => machines[other][0]);
    const sent = clock.send(from, to, { bytes, at: averaged[from] });
    sent.forEach((passage, k) => arriving[destinations[machine][k]].push(passage));
  });
  const exchanged = averaged.slice();
  machines.forEach(([first], machine) => {
    const received = clock.receive(first, arriving[machine], averaged[first]);
    exchanged[first] = Math.max(received, clock.sent(first));
  });
  return machines.reduce<Times>(
    (ends, ranks) => treeEnds(clock, ends, { bytes, ranks }),
    exchanged
  );
}

interface MachineExchange {
  readonly bytes: number;
  /** By machine: its ranks, ascending. */
  readonly machines: readonly Ranks[];
  /** By machine: the machines that it sends to. */
  readonly destinations: readonly (readonly number[])[];
}

/** A barrier: ⌈log2 n⌉ rounds of empty messages. */
export function barrierEnds(clock: Clock, starts: Times): Times {
  const ranks = allRanks(clock);
  let ready = starts;
  for (let distance = 1; distance < clock.size; distance *= 2) {
    ready = nextStep(clock, ready, { distance, bytes: 0, ranks });
  }
  return ready;
}

/**
 * Every rank tells every other a few bytes. Its n² messages are not played one by one: all end when the last rank has
 * begun, one latency and the bytes later.
 */
export function agreementEnds(clock: Clock, starts: Times, bytes: number): Times {
  const { size, link } = clock;
  if (size === 1) return starts;
  const end = Math.max(...starts) + link.worstLatency + link.ownDuration((size - 1) * bytes);
  return starts.map(() => end);
}

/** Every rank sends to the one `distance` places on, and goes on when it has received from the one before. */
function nextStep(
  clock: Clock,
  ready: Times,
  { distance, bytes, ranks }: { distance: number; bytes: number; ranks: Ranks }
): Times {
  const { length } = ranks;
  const next = ready.slice();
  if (length === 1) return next;
  ranks.forEach((rank, place) => {
    const from = ranks[(place - distance + length) % length];
    const sent = clock.send(from, [rank], { bytes, at: ready[from] });
    next[rank] = clock.receive(rank, sent, ready[rank]);
  });
  return next;
}

function toAllOthers(
  clock: Clock,
  starts: Times,
  { bytesOf, ranks }: { bytesOf: (rank: number) => number; ranks: Ranks }
): Times {
  // A thousand ranks would play a million messages that take no time.
  if (clock.link.isFree) return clock.shareAtOnce(starts, { bytesOf, ranks });
  const arriving = Array.from(starts, (): Passage[] => []);
  for (const from of ranks) {
    const others = ranks.filter(rank => rank !== from);
    for (const passage of clock.send(from, others, { bytes: bytesOf(from), at: starts[from] })) {
      arriving[passage.to].push(passage);
    }
  }
  const ends = starts.slice();
  for (const rank of ranks) ends[rank] = clock.receive(rank, arriving[rank], starts[rank]);
  return ends;
}

function allRanks({ size }: Clock): number[] {
  return Array.from({ length: size }, (_, rank) => rank);
}
