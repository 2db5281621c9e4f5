/** Push-sum and push-DIGing where plain averaging fails: directed graphs whose columns or rows do not sum to 1. */
import { describe, expect, it } from 'vitest';
import {
  topologyFromWeights,
  type Edge
} from '../../../kernel-runtime/src/mathematics/graph/edges.js';
import { isDoublyStochastic } from '../../../kernel-runtime/src/mathematics/graph/stochastic.js';
import { mean, norm } from '../../../kernel-runtime/src/mathematics/math/vectors.js';
import { sub } from '../../../kernel-runtime/src/mathematics/math/elementwise.js';
import type { Algorithm } from '../../../kernel-runtime/src/mathematics/optim/algorithm.js';
import { adaptThenCombine } from '../../../kernel-runtime/src/mathematics/optim/around/adapt-then-combine.js';
import { gradientPush } from '../../../kernel-runtime/src/mathematics/optim/around/gradient-push.js';
import { sgd } from '../../../kernel-runtime/src/mathematics/optim/around/sgd.js';
import { averageConsensus } from '../../../kernel-runtime/src/mathematics/optim/average-consensus.js';
import { relativeError } from '../../../kernel-runtime/src/mathematics/optim/theory.js';
import { gradientTracking } from '../../../kernel-runtime/src/mathematics/optim/gradient-tracking.js';
import { pushDiging } from '../../../kernel-runtime/src/mathematics/optim/push-diging.js';
import { pushSum } from '../../../kernel-runtime/src/mathematics/optim/push-sum.js';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';
import { problem, run } from './network.js';

const n = 8;
/** A directed ring with three shortcuts: strongly connected, in- and out-degrees differ. */
const arcs: Edge[] = [
  ...Array.from({ length: n }, (_, i): Edge => [i, (i + 1) % n]),
  [0, 3],
  [0, 5],
  [4, 1]
];
const receivers = Array.from({ length: n }, (_, i) =>
  arcs.filter(([, to]) => to === i).map(([from]) => from)
);
/** Every receiver averages what comes in: rows sum to 1, columns do not. */
const rows = topologyFromWeights(
  'rows',
  receivers.map((from, i) =>
    Array.from({ length: n }, (_, j) => (j === i || from.includes(j) ? 1 / (1 + from.length) : 0))
  )
);
const x0 = (rank: number): Float64Array => random(3, rank).normal(problem.dimension);
const average = mean(Array.from({ length: n }, (_, rank) => x0(rank)));
const off = (xs: Float64Array[]): number => Math.max(...xs.map(x => norm(sub(x, average))));

describe('a directed graph whose columns do not sum to 1', () => {
  it('is none that plain methods are made for', () => {
    expect(isDoublyStochastic(rows.W)).toMatchObject({ ok: false, why: /Column/ });
  });

  it('leads average consensus astray, and push-sum to the average', async () => {
    const options = { iterations: 200, topology: rows, x0 };
    expect(off(await run(averageConsensus(), options))).toBeGreaterThan(0.1);
    expect(off(await run(pushSum(), options))).toBeLessThan(1e-12);
  });

  it('leads gradient tracking astray, and push-DIGing to the minimiser', async () => {
    const options = { iterations: 4000, topology: rows };
    const [gt, push] = [gradientTracking({ gamma: 2e-3 }), pushDiging({ gamma: 2e-3 })];
    expect(relativeError(await run(gt, options), problem.xStar)).toBeGreaterThan(1e-3);
    expect(relativeError(await run(push, options), problem.xStar)).toBeLessThan(1e-18);
  });

  it('leads gradient push close to the minimiser, where adapt-then-combine goes elsewhere', async () => {
    const rule = sgd({ gamma: 2e-4 });
    const ends = async (algorithm: Algorithm): Promise<number> =>
      relativeError(await run(algorithm, { iterations: 3000, topology: rows }), problem.xStar);
    const pushed = await ends(gradientPush(rule));
    expect(pushed).toBeLessThan(1e-2);
    expect(await ends(adaptThenCombine(rule))).toBeGreaterThan(10 * pushed);
  });
});
