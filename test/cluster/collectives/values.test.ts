import { describe, expect, it } from 'vitest';
import type { Value } from '../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import {
  exponentialTwoGraph,
  ringGraph,
  symmetricExponentialGraph
} from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { topologyFromWeights } from '../../../kernel-runtime/src/mathematics/graph/edges.js';
import {
  fullyConnectedGraph,
  meshGrid2DGraph,
  starGraph
} from '../../../kernel-runtime/src/mathematics/graph/grids.js';
import type { Topology } from '../../../kernel-runtime/src/mathematics/graph/topology.js';
import { Matrix } from '../../../kernel-runtime/src/mathematics/math/matrix.js';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';
import { loadTensorflow } from '../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';
import { runOnRanks } from './ranks.js';

const graphs: Record<string, (n: number) => Topology> = {
  ring: n => ringGraph(n),
  'directed ring': n => ringGraph(n, { connectStyle: 1 }),
  star: n => starGraph(n),
  mesh: n => meshGrid2DGraph(n),
  'exponential-two': n => exponentialTwoGraph(n),
  'symmetric exponential': n => symmetricExponentialGraph(n),
  'fully connected': n => fullyConnectedGraph(n),
  alone: n => topologyFromWeights('alone', identityRows(n))
};

const types: Record<string, (rank: number) => Value> = {
  numbers: rank => 0.1 * rank + 0.3,
  float64: rank => noise(rank),
  float32: rank => Float32Array.from(noise(rank)),
  matrices: rank => new Matrix(noise(rank).slice(0, 6), 2, 3),
  'records and lists': rank => ({ w: noise(rank), layers: [rank / 3, Float32Array.of(rank / 7)] }),
  'empty vectors': () => new Float64Array(0),
  'empty records': () => ({})
};

const cases = [1, 2, 3, 4, 8].flatMap(n => Object.keys(graphs).map(graph => [graph, n] as const));

describe('one exchange is W x, to the last bit', () => {
  it.each(cases)('on %s of %i, for all types of values', async (graph, n) => {
    const topology = graphs[graph](n);
    const seen = await runOnRanks(topology, async c => {
      const results: Record<string, Value> = {};
      for (const [type, make] of Object.entries(types)) {
        results[type] = await c.neighborAllreduce(make(c.rank));
      }
      return results;
    });
    seen.forEach((results, i) => {
      for (const [type, make] of Object.entries(types)) {
        expect(results[type], `${type} on rank ${i}`).toEqual(productOfRow(topology, i, make));
      }
    });
  });

  it('for tensors, which stay the caller’s and leave nothing behind', async () => {
    const tf = await loadTensorflow();
    const inputs = [0, 1, 2, 3].map(rank => tf.tensor2d([[rank, 1 / 3]]));
    const before = tf.memory().numTensors;
    const seen = await runOnRanks(ringGraph(4), c => c.neighborAllreduce(inputs[c.rank]));
    expect(tf.memory().numTensors).toBe(before + 4);
    seen.forEach((tensor, i) => {
      expect(tensor.shape).toEqual([1, 2]);
      expect([...tensor.dataSync()][0]).toBe(Math.fround([4 / 3, 1, 2, 5 / 3][i]));
    });
    tf.dispose([...inputs, ...seen]);
  });

  it('passes NaN and infinities on', async () => {
    const [seen] = await runOnRanks(ringGraph(2), c =>
      c.neighborAllreduce(Float64Array.of(c.rank ? NaN : 1, Infinity))
    );
    expect(seen).toEqual(Float64Array.of(NaN, Infinity));
  });

  it.each([8, 1 << 17, 3 << 20])('carries %i numbers whole', async length => {
    const seen = await runOnRanks(ringGraph(3), async c => {
      const x = Float64Array.from({ length }, (_, k) => k + c.rank);
      const y = await c.neighborAllreduce(x, {
        selfWeight: 0,
        srcWeights: { [(c.rank + 1) % 3]: 1 }
      });
      return y.every((entry, k) => entry === k + ((c.rank + 1) % 3));
    });
    expect(seen).toEqual([true, true, true]);
  });
});

describe('the calls of all ranks', () => {
  it.each([1, 2, 3, 4, 8])('give %i ranks the same bits, in the order of the ranks', async n => {
    const seen = await runOnRanks(ringGraph(n), async c => ({
      average: await c.allreduce(noise(c.rank)),
      sum: await c.allreduce(noise(c.rank), { average: false }),
      small: await c.allreduce({ a: 0.1 * (c.rank + 1), b: new Float64Array(0) }),
      root: await c.broadcast(noise(c.rank), n - 1),
      none: await c.barrier()
    }));
    const sum = Float64Array.from(noise(0), (_, k) =>
      Array.from({ length: n }, (_, rank) => noise(rank)[k]).reduce((a, b) => a + b, 0)
    );
    for (const result of seen) {
      expect(result.sum).toEqual(sum);
      expect(result.average).toEqual(sum.map(entry => entry / n));
      expect(result.root).toEqual(noise(n - 1));
      expect(result.small).toEqual(seen[0].small);
    }
  });
});

type Pick = (value: Value) => Value;

/** Row i of W times the values of all ranks: self first, then the neighbours by rank; a plain average is divided once. */
function productOfRow({ W, size }: Topology, i: number, make: (rank: number) => Value): Value {
  const parts = Array.from({ length: size }, (_, j) => make(j));
  const order = [i, ...parts.keys()].filter((j, k) => k === 0 || (j !== i && W.at(i, j) !== 0));
  const weights = order.map(j => W.at(i, j));
  const isAverage = weights.every(weight => Math.abs(weight * order.length - 1) < 1e-15);
  const sum = (pick: (value: Value) => number, round: (entry: number) => number): number => {
    const terms = order.map((j, k) => (isAverage ? 1 : weights[k]) * pick(parts[j]));
    const total = terms.reduce((partial, term) => round(partial + term), 0);
    return isAverage ? round(total / order.length) : total;
  };
  const exact = (entry: number): number => entry;
  const build = (value: Value, pick: Pick): Value => {
    if (typeof value === 'number') return sum(other => pick(other) as number, exact);
    if (value instanceof Float64Array) {
      return value.map((_, k) => sum(other => (pick(other) as Float64Array)[k], exact));
    }
    if (value instanceof Float32Array) {
      return value.map((_, k) => sum(other => (pick(other) as Float32Array)[k], Math.fround));
    }
    if (value instanceof Matrix) {
      const data = build(value.data, other => (pick(other) as Matrix).data) as Float64Array;
      return new Matrix(data, value.rows, value.columns);
    }
    if (Array.isArray(value)) {
      return value.map((item: Value, k) => build(item, other => (pick(other) as Value[])[k]));
    }
    const members = Object.entries(value as Record<string, Value>).map(([key, item]) => [
      key,
      build(item, other => (pick(other) as Record<string, Value>)[key])
    ]);
    return Object.fromEntries(members) as Record<string, Value>;
  };
  return build(parts[i], value => value);
}

function noise(rank: number): Float64Array {
  return random(11, rank).normal(7);
}

function identityRows(n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => +(i === j)));
}
