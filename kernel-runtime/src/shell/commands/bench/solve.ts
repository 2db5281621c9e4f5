/** `decentlab bench solve`: algorithms and their hot loops beside NumPy, and a thousand simulated nodes. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { combine } from '../../../mathematics/communicator/combine.js';
import { exponentialTwoGraph } from '../../../mathematics/graph/circulant.js';
import { matmul, matmulTransposed } from '../../../mathematics/math/matrices.js';
import { Matrix, type Vector } from '../../../mathematics/math/matrix.js';
import { axpy, dot } from '../../../mathematics/math/vectors.js';
import { random } from '../../../mathematics/math/random.js';
import { dsgd } from '../../../mathematics/optim/dsgd.js';
import { iterate } from '../../../mathematics/optim/iterate.js';
import { leastSquares } from '../../../mathematics/problems/least-squares.js';
import { simulate } from '../../../mathematics/simulate/simulate.js';
import { programFile } from '../../../package.js';
import { referencePython } from './references.js';
import { Numpy, type Batches, type NumpyData } from './solve/numpy.js';
import * as plain from './solve/plain-loops.js';
import { median, toFigure } from './statistics.js';
import type { Figure, Measured, Suite, SuiteContext } from './suite.js';

const [NODES, ROWS, COLUMNS] = [8, 1000, 100];
/** Steps of one timed run of DSGD. */
const STEPS = 20;
const GAMMA = 1e-5;
/**
 * Ours and the references take turns so many times. Of each turn the fastest call counts, because on a busy machine most
 * are interrupted; of the turns, the median.
 */
const TURNS = 10;
const KERNELS: Batches = { rounds: 20, batch: 20 };
const ITERATIONS: Batches = { rounds: STEPS, batch: 1 };
const REACH = 5;
/** Sums in another order differ by rounding. */
const TOLERANCE = 1e-12;

export const suite: Suite = {
  name: 'solve',
  summary: 'Algorithms and their hot loops beside NumPy, and a thousand simulated nodes.',
  measure
};

async function measure(context: SuiteContext): Promise<Measured> {
  const isWanted = (what: string): boolean => what.includes(context.only ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'decentlab-bench-'));
  const problem = makeProblem();
  const python = await referencePython(context);
  const numpy =
    'found' in python ? await Numpy.start(python.found, writeData(problem, folder)) : [];
  try {
    const figures: Figure[] = [];
    for (const comparison of comparisons(problem)) {
      if (!isWanted(comparison.what)) continue;
      context.progress(comparison.what);
      figures.push(await compare(comparison, numpy));
    }
    for (const one of numpy) await assertSame(problem, await one.result(), one.name);
    if (isWanted(THOUSAND)) {
      context.progress(THOUSAND);
      figures.push(...(await thousandNodes()));
    }
    const notes = 'missing' in python ? [python.missing] : [];
    const numpyVersion = 'versions' in python ? python.versions['numpy'] : undefined;
    return { figures, notes, versions: numpyVersion ? { NumPy: numpyVersion } : {} };
  } finally {
    for (const one of numpy) one.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Problem {
  readonly A: readonly Matrix[];
  readonly b: readonly Vector[];
  readonly W: Matrix;
  /** X after the steps of one run, and the microseconds of each step. */
  run(): Promise<{ X: number[]; times: number[] }>;
}

function makeProblem(): Problem {
  const stream = random(1);
  const ranks = Array.from({ length: NODES }, (_, rank) => rank);
  const A = ranks.map(() => new Matrix(stream.normal(ROWS * COLUMNS), ROWS, COLUMNS));
  const b = ranks.map(() => stream.normal(ROWS));
  const topology = exponentialTwoGraph(NODES);
  const squares = leastSquares({ A, b });
  const run: Problem['run'] = async () => {
    const times: number[] = [];
    const runs = await simulate(topology, async communicator => {
      const node = { communicator, ...squares.local(communicator.rank) };
      const x0 = new Float64Array(COLUMNS);
      const record = (): unknown => communicator.rank === 0 && times.push(performance.now());
      return iterate(dsgd({ gamma: GAMMA }), { x0, node, iterations: STEPS, record });
    });
    const steps = times.slice(1).map((time, k) => 1000 * (time - times[k]));
    return { X: runs.flatMap(({ x }) => [...x]), times: steps };
  };
  return { A, b, W: topology.W, run };
}

function writeData({ A, b, W }: Problem, folder: string): NumpyData {
  const file = join(folder, 'data');
  const parts = [...A.map(matrix => matrix.data), ...b, W.data, Float64Array.of(GAMMA)];
  writeFileSync(
    file,
    Buffer.concat(parts.map(part => Buffer.from(part.buffer, part.byteOffset, part.byteLength)))
  );
  return { sizes: [NODES, ROWS, COLUMNS, STEPS], file };
}

/** The same computation in several places; each gives microseconds a call. */
interface Comparison {
  readonly what: string;
  /** NumPy's name for it. */
  readonly name: string;
  readonly numpy: Batches;
  ours(): Promise<number[]> | number[];
  plain?(): number[];
}

function comparisons(problem: Problem): Comparison[] {
  const [A] = problem.A;
  const x = problem.b[0].slice(0, COLUMNS);
  const tall = new Float64Array(ROWS).fill(1);
  const LENGTH = 10_000;
  const [u, v, w] = [0, 1, 2].map(k =>
    Float64Array.from({ length: LENGTH }, (_, i) => Math.cos(i + k))
  );
  const weights = [0.5, 0.25, 0.25];
  const averaged = (): unknown =>
    combine({ weight: 0.5, data: u }, [
      { weight: 0.25, data: v },
      { weight: 0.25, data: w }
    ]);
  const kernel = (
    what: string,
    name: string,
    ours: () => unknown,
    loop: () => unknown
  ): Comparison => ({
    what,
    name,
    numpy: KERNELS,
    ours: () => timed(ours),
    plain: () => timed(loop)
  });
  return [
    {
      what: `DSGD iteration, ${NODES} nodes, A ${ROWS} x ${COLUMNS}`,
      name: 'dsgd',
      numpy: ITERATIONS,
      ours: async () => (await problem.run()).times
    },
    kernel(
      `A x, ${ROWS} x ${COLUMNS}`,
      'gemv',
      () => matmul(A, x),
      () => plain.gemv(A, x)
    ),
    kernel(
      `Aᵀ x, ${ROWS} x ${COLUMNS}`,
      'gemvTransposed',
      () => matmulTransposed(A, tall),
      () => plain.gemvTransposed(A, tall)
    ),
    kernel(
      'dot, 10,000',
      'dot',
      () => dot(u, v),
      () => plain.dot(u, v)
    ),
    kernel(
      'axpy, 10,000',
      'axpy',
      () => axpy(0.3, u, v),
      () => plain.axpy(0.3, u, v)
    ),
    kernel('average of 3, 10,000', 'weightedSum', averaged, () =>
      plain.weightedSum(weights, [u, v, w])
    )
  ];
}

/** Microseconds a call, of several batches. */
function timed(call: () => unknown): number[] {
  return Array.from({ length: KERNELS.rounds }, () => {
    const started = performance.now();
    for (let k = 0; k < KERNELS.batch; k++) call();
    return (1000 * (performance.now() - started)) / KERNELS.batch;
  });
}

async function compare(comparison: Comparison, numpy: readonly Numpy[]): Promise<Figure> {
  const { what, name, numpy: batches } = comparison;
  const values: Record<string, number[]> = { ours: [], 'plain loops': [] };
  for (let turn = 0; turn < TURNS; turn++) {
    values['ours'].push(Math.min(...(await comparison.ours())));
    if (comparison.plain) values['plain loops'].push(Math.min(...comparison.plain()));
    for (const one of numpy)
      (values[one.name] ??= []).push(Math.min(...(await one.time(name, batches))));
  }
  const figure = toFigure({ what, unit: 'µs', values });
  if (name !== 'dsgd' || numpy.length === 0) return figure;
  const best = Math.min(...numpy.map(one => median(values[one.name])));
  return { ...figure, reach: `<= ${REACH}x NumPy`, met: figure.ours <= REACH * best };
}

/** A bench that compared two different computations would be worth nothing. */
async function assertSame(
  problem: Problem,
  theirs: readonly number[],
  name: string
): Promise<void> {
  const { X } = await problem.run();
  const scale = Math.max(...X.map(Math.abs));
  const distance = Math.max(...X.map((entry, k) => Math.abs(entry - theirs[k])));
  if (distance <= TOLERANCE * scale) return;
  throw new Error(`DSGD and ${name} differ by ${distance} after ${STEPS} steps`);
}

const THOUSAND = 'DecentLaM, 1,024 nodes x 10,000 numbers x 100 steps';

async function thousandNodes(): Promise<Figure[]> {
  const script = programFile('bench/thousand');
  const args = [script, '1024', '10000', '100'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { seconds, processor, peak } = JSON.parse(stdout) as Record<string, number>;
  const figure = (what: string, unit: Figure['unit'], value: number, atMost?: number): Figure =>
    toFigure({
      what,
      unit,
      values: { ours: [value] },
      ...(atMost === undefined ? {} : { atMost })
    });
  return [
    figure(THOUSAND, 's', seconds, 10),
    figure('processor time of the same, all threads', 's', processor),
    figure('memory of the same (peak)', 'MB', peak, 1000)
  ];
}
