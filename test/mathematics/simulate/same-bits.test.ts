/** The simulator and communicators over real sockets give the same bits, whatever is exchanged and by how many. */
import { describe, expect, it } from 'vitest';
import type {
  Communicator,
  Value
} from '../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import { exponentialTwoGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { decentlam } from '../../../kernel-runtime/src/mathematics/optim/decentlam.js';
import { dmsgd } from '../../../kernel-runtime/src/mathematics/optim/dmsgd.js';
import { dsgd } from '../../../kernel-runtime/src/mathematics/optim/dsgd.js';
import { exactDiffusion } from '../../../kernel-runtime/src/mathematics/optim/exact-diffusion.js';
import { gradientTracking } from '../../../kernel-runtime/src/mathematics/optim/gradient-tracking.js';
import { iterate } from '../../../kernel-runtime/src/mathematics/optim/iterate.js';
import { randomLeastSquares } from '../../../kernel-runtime/src/mathematics/problems/least-squares.js';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';
import { simulate } from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import { runOnRanks } from '../../cluster/collectives/ranks.js';

const SIZES = [1, 2, 3, 5, 8];
/** Also lengths that no number of ranks divides, and less numbers than ranks. */
const LENGTHS = [0, 1, 7, 64, 1003];
const SPECIAL = [NaN, Infinity, -Infinity, -0, 0, 5e-324, 1e308, -1e308];

type Program = (c: Communicator) => Promise<Value[]>;

const noise = (rank: number, length: number): Float64Array => random(3, rank).normal(length);
const single = (rank: number, length: number): Float32Array =>
  Float32Array.from(noise(rank, length));

const programs: Record<string, Program> = {
  'partial averages': async c => {
    const results: Value[] = [];
    for (const length of LENGTHS) {
      results.push(await c.neighborAllreduce(noise(c.rank, length)));
      results.push(await c.neighborAllreduce(single(c.rank, length)));
    }
    return results;
  },
  'sums and averages of all ranks': async c => {
    const results: Value[] = [];
    for (const length of LENGTHS) {
      results.push(await c.allreduce(noise(c.rank, length)));
      results.push(await c.allreduce(noise(c.rank, length), { average: false }));
      results.push(await c.allreduce(single(c.rank, length)));
      results.push(await c.broadcast(noise(c.rank, length), c.size - 1));
    }
    return results;
  },
  'exchanges with another peer in every step': async c => {
    let x: Float64Array = noise(c.rank, 9);
    for (let k = 0; k < 6; k++) {
      const step = 2 ** (k % 3) % c.size;
      const near = (offset: number): number => (c.rank + offset + c.size) % c.size;
      const isAlone = step === 0;
      x = await c.neighborAllreduce(x, {
        selfWeight: 0.3,
        srcWeights: isAlone ? {} : { [near(-step)]: 0.7 },
        dstWeights: isAlone ? [] : { [near(step)]: 1 / 3 }
      });
    }
    return [x];
  },
  'records of vectors, matrices of numbers, lists': async c => {
    const value = { w: noise(c.rank, 5), b: [c.rank / 3, single(c.rank, 2)], empty: {} };
    return [
      await c.neighborAllreduce(value),
      await c.allreduce(value),
      await c.broadcast(value, 0)
    ];
  },
  'numbers that are none, infinities and the sign of zero': async c => {
    const x = Float64Array.from(SPECIAL, (_, k) => SPECIAL[(k + c.rank) % SPECIAL.length]);
    const zeros = Float64Array.of(-0, 0, -0);
    return [
      await c.neighborAllreduce(x),
      await c.allreduce(x),
      await c.allreduce(x, { average: false }),
      await c.neighborAllreduce(zeros),
      await c.allreduce(zeros, { average: false })
    ];
  },
  'calls that overlap': async c =>
    Promise.all([
      c.neighborAllreduce(noise(c.rank, 3)),
      c.allreduce(noise(c.rank, 4), { name: 'loss' }),
      c.neighborAllreduce(noise(c.rank, 5)),
      c.allreduce(noise(c.rank, 6))
    ])
};

describe('the simulator gives the bits of real links', () => {
  it.each(Object.keys(programs).flatMap(name => SIZES.map(n => [name, n] as const)))(
    'in %s, %i nodes',
    async (name, n) => {
      const topology = exponentialTwoGraph(n);
      const simulated = await simulate(topology, programs[name]);
      const real = await runOnRanks(topology, programs[name]);
      expect(simulated.map(bitsOf)).toEqual(real.map(bitsOf));
    }
  );

  it.each(
    [dsgd, dmsgd, decentlam, exactDiffusion, gradientTracking].map(a => [a.name, a] as const)
  )('in 20 steps of %s on five nodes', async (_, algorithm) => {
    const problem = randomLeastSquares({ n: 5, m: 13, d: 7, seed: 2 });
    const program: Program = async communicator => {
      const node = { communicator, ...problem.local(communicator.rank) };
      const x0 = noise(communicator.rank, 7);
      const steps = { x0, node, iterations: 20 };
      return [(await iterate(algorithm({ gamma: 1e-3, beta: 0.4 }), steps)).x];
    };
    const topology = exponentialTwoGraph(5);
    const simulated = await simulate(topology, program);
    const real = await runOnRanks(topology, program);
    expect(simulated.map(bitsOf)).toEqual(real.map(bitsOf));
  });
});

/** A value with every array as the bytes that it is made of. */
function bitsOf(value: Value): unknown {
  if (typeof value === 'number') return bitsOf(Float64Array.of(value));
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value as Float64Array;
    return `${value.constructor.name} ${Buffer.from(buffer, byteOffset, byteLength).toString('hex')}`;
  }
  if (Array.isArray(value)) return (value as Value[]).map(bitsOf);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bitsOf(item)]));
}
