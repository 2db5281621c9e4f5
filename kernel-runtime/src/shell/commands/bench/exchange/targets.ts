/** The ratios that the link has to reach, and those that it aims for. */
import { median } from '../statistics.js';
import type { Target } from '../suite.js';
import type { Results } from './contender.js';
import type { Operation } from './job.js';

/** Which figures a target is for. */
interface Aim {
  readonly operation: Operation;
  /** Bytes of the vectors. */
  readonly bytes: number;
  /** Numbers of ranks; any, if absent. */
  readonly ranks?: readonly number[];
  /** Those of ours that count; by default those over the default transport. */
  readonly ours?: readonly string[];
  /** A reference, or a number of milliseconds. */
  readonly against: string | number;
  readonly reach: number;
  readonly aim: number;
}

/** ResNet-50: 25.5 million float32. */
const LARGE = 102e6;
const SEVERAL = [4, 8];

const LOCAL = ['ours', 'ours, in place'];
const OVER_TCP = ['ours, TCP', 'ours, TCP, in place'];

const AIMS: readonly Aim[] = [
  { operation: 'point', bytes: LARGE, against: 'raw socket', reach: 1.3, aim: 1.05 },
  { operation: 'point', bytes: LARGE, against: 'ws', reach: 1 / 3, aim: 1 / 5 },
  {
    ...{ operation: 'one-peer', bytes: LARGE, ranks: SEVERAL, against: 'MPI, shared memory' },
    ...{ reach: 1.3, aim: 1 }
  },
  {
    ...{ operation: 'one-peer', bytes: LARGE, ranks: SEVERAL, ours: OVER_TCP },
    ...{ against: 'MPI, TCP', reach: 1, aim: 0.7 }
  },
  { operation: 'one-peer', bytes: LARGE, against: 'ws', reach: 1 / 3, aim: 1 / 5 },
  {
    ...{ operation: 'allreduce', bytes: LARGE, ranks: SEVERAL, against: 'gloo' },
    ...{ reach: 1, aim: 0.7 }
  },
  { operation: 'one-peer', bytes: 1e3, ranks: [4], against: 0.2, reach: 1, aim: 0.4 }
];

/** What is compared: an operation on so many ranks, with vectors of so many bytes. */
export interface Place {
  readonly operation: Operation;
  readonly ranks: number;
  readonly bytes: number;
}

/** The targets of a figure, as far as both sides were measured. */
export function targetsOf(place: Place, results: Results): Target[] {
  return AIMS.filter(aim => isFor(aim, place)).flatMap(aim => {
    const fixed = typeof aim.against === 'number';
    const reference = fixed ? [aim.against] : results[aim.against];
    if (reference === undefined) return [];
    const against = fixed ? `${aim.against} ms` : aim.against;
    return oursFor(aim, results).map(ours =>
      targetOf({ ours, against, ratio: median(results[ours]) / median(reference), ...pick(aim) })
    );
  });
}

/** A ratio with its verdicts. */
export function targetOf(target: Omit<Target, 'isReached' | 'isAimReached'>): Target {
  const { ratio, reach, aim } = target;
  return { ...target, isReached: ratio <= reach, isAimReached: ratio <= aim };
}

function isFor(aim: Aim, { operation, ranks, bytes }: Place): boolean {
  return (
    aim.operation === operation && aim.bytes === bytes && (aim.ranks ?? [ranks]).includes(ranks)
  );
}

function oursFor({ ours = LOCAL }: Aim, results: Results): string[] {
  return ours.filter(name => results[name]?.length);
}

function pick({ reach, aim }: Aim): { reach: number; aim: number } {
  return { reach: round(reach), aim: round(aim) };
}

function round(ratio: number): number {
  return Number(ratio.toFixed(2));
}
