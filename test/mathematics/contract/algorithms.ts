/**
 * The contract of the algorithms, for every place they run: the simulator and real engines give the trajectories of
 * the reference. A program uses nothing but its three arguments, so that a backend may ship it as source.
 */
import { describe, expect, it } from 'vitest';
import reference from '../../fixtures/reference/algorithms.json' with { type: 'json' };
import { topologyFromWeights } from '../../../kernel-runtime/src/mathematics/graph/edges.js';
import type { Topology } from '../../../kernel-runtime/src/mathematics/graph/topology.js';
import type { Communicator } from '../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import type * as lab from './library.js';

export type Library = typeof lab;

export interface RunArguments {
  algorithm: string;
  gamma: number;
  beta: number;
  iterations: number;
  A: number[][][];
  b: number[][];
}

/** Every iterate of one rank, from k = 0 to `iterations`. */
export type Trajectory = Float64Array[];

export type AlgorithmProgram = (
  communicator: Communicator,
  library: Library,
  given: RunArguments
) => Promise<Trajectory>;

/** Runs the program on every rank of the topology; the trajectories by rank. */
export type RunOn = (
  topology: Topology,
  program: AlgorithmProgram,
  given: RunArguments
) => Promise<Trajectory[]>;

export interface ContractOptions {
  /** Longer reference runs are compared up to here. Defaults to 1000. */
  mostIterations?: (run: ReferenceRun) => number;
}

export interface ReferenceRun {
  graph: string;
  algorithm: string;
  gamma: number;
  beta: number;
  relativeError: Record<string, number>;
  X: Record<string, number[][]>;
}

const RELATIVE = 1e-9;
const ABSOLUTE = 1e-18;
/**
 * These two have a double root at the average mode, so that roundings of the weights and sums grow with the steps:
 * NumPy's own order of additions moves the reference by 6e-9. Their errors are compared as norms, not as squares.
 */
const DRIFTING = new Set(['exact-diffusion', 'extra']);
const DRIFT = 1e-11;
const problem = { A: reference.A, b: reference.b };
const runs = reference.runs as unknown as ReferenceRun[];

const program: AlgorithmProgram = async (communicator, library, given) => {
  const { gamma, beta, iterations, A, b } = given;
  const problem = library.leastSquares({ A, b });
  const algorithm = library.algorithmNamed(given.algorithm, { gamma, beta });
  // Unstable rows are among the reference on purpose.
  const warn = (): void => undefined;
  const node = { communicator, warn, ...problem.local(communicator.rank) };
  const x0 = library.zeros(problem.dimension);
  const { records } = await library.iterate(algorithm, { x0, node, iterations, record: x => x });
  return records;
};

/** Declares the tests of the contract over one backend. */
export function algorithmContract(
  name: string,
  runOn: RunOn,
  { mostIterations = () => 1000 }: ContractOptions = {}
): void {
  const title = '$algorithm on $graph, γ = $gamma, β = $beta';
  describe(`algorithms on ${name}`, () => {
    it('are compared with every reference run of the algorithms here', () => {
      expect(new Set(runs.map(run => run.algorithm)).size).toBe(7);
    });

    it.each(runs)(`${title} follows the reference`, async run => {
      const stored = Object.keys(run.relativeError).map(Number);
      const most = mostIterations(run);
      const iterations = Math.max(...stored.filter(k => k <= most));
      const given = {
        ...problem,
        algorithm: run.algorithm,
        gamma: run.gamma,
        beta: run.beta,
        iterations
      };
      const W = reference.W[run.graph as 'ring'];
      const trajectories = await runOn(topologyFromWeights(run.graph, W), program, given);
      for (const [k, expected] of Object.entries(run.X)) {
        const seen = trajectories.map(trajectory => Array.from(trajectory[Number(k)]));
        expect(largestDeviation(seen, expected), `X at ${k}`).toBeLessThan(1);
      }
      for (const [k, expected] of Object.entries(run.relativeError)) {
        if (Number(k) > iterations) continue;
        const seen = relativeError(trajectories.map(trajectory => trajectory[Number(k)]));
        const judge = DRIFTING.has(run.algorithm) ? driftDeviation : deviation;
        expect(
          judge(seen, expected),
          `relative error ${seen} at ${k}, not ${expected}`
        ).toBeLessThan(1);
      }
    });
  });
}

/** In units of what is allowed. */
function deviation(seen: number, expected: number): number {
  return Math.abs(seen - expected) / Math.max(RELATIVE * Math.abs(expected), ABSOLUTE);
}

/** The same for the norms of errors, which drift by roundings. */
function driftDeviation(seen: number, expected: number): number {
  return Math.min(
    deviation(seen, expected),
    Math.abs(Math.sqrt(seen) - Math.sqrt(expected)) / DRIFT
  );
}

/** Entries of X are judged by the largest entry, as rounding is. */
function largestDeviation(seen: number[][], expected: number[][]): number {
  const size = Math.max(...expected.flat().map(Math.abs));
  const differences = seen.flatMap((row, i) =>
    row.map((entry, k) => Math.abs(entry - expected[i][k]))
  );
  return Math.max(...differences) / Math.max(RELATIVE * size, ABSOLUTE);
}

function relativeError(xs: Float64Array[]): number {
  const squared = (x: ArrayLike<number>): number =>
    Array.from(x).reduce((total, entry) => total + entry ** 2, 0);
  const errors = xs.map(x => squared(x.map((entry, k) => entry - reference.xStar[k])));
  return errors.reduce((total, error) => total + error, 0) / xs.length / squared(reference.xStar);
}
