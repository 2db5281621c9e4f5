/** Tensors of PyTorch through an exchange: on engines to the bits of typed arrays, with one copy on the way out and one back. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Cluster } from 'decentlab';
import type { Value } from '../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { aten } from '../../../kernel-runtime/src/mathematics/tensor/torch/exported.js';
import { loadAddon } from '../../../kernel-runtime/src/mathematics/tensor/torch/addon.js';
import { createMemory } from '../../../kernel-runtime/src/cluster/collectives/link-memory.js';
import {
  sharedTensor,
  tensor,
  type TorchTensor
} from '../../../kernel-runtime/src/mathematics/tensor/torch/tensor.js';
import { availableCores } from '../../../kernel-runtime/src/platform.js';
import { addonFile, needsTorch } from '../../helpers/torch.js';
import { startCluster, valuesOf } from '../real-cluster.js';
import { runOnRanks } from './ranks.js';

const SIZE = 4;
const LENGTH = 100_000;
let cluster: Cluster;

beforeAll(async () => {
  if (addonFile === undefined) return;
  cluster = await startCluster({ engines: SIZE });
  await cluster.execute(`
    var { aten, tensor, threads } = await $import('decentlab/torch');
    setTopology(ringGraph(size()));
    var noise = Float64Array.from({ length: 6000 }, (_, k) => Math.sin(k * (rank() + 1)) / 3);
    var same = (a, b) => a.length === b.length && Array.from(a).every((entry, k) => entry === b[k]);
  `);
});

/** What a function with this body returns, by rank. */
const returned = (body: string): Promise<unknown[]> =>
  valuesOf(cluster, `await (async () => { ${body} })()`);

const everywhere = (value: string): string[] => Array.from({ length: SIZE }, () => value);

describe('neighborAllreduce of tensors of PyTorch on four engines', () => {
  needsTorch();

  it.each([
    ['float64', 'noise'],
    ['float32', 'Float32Array.from(noise)']
  ])('%s: the bits of typed arrays, type and shape kept', async (dtype, values) => {
    const said = await returned(`
        const values = ${values};
        const x = tensor(values, { shape: [2, 3, 1000] });
        const mean = await neighborAllreduce(x);
        const expected = await neighborAllreduce(values);
        return [mean.dtype, mean.shape.join(), same(mean.view(), expected), same(x.view(), values)].join(' ');
      `);
    expect(said).toEqual(everywhere(`'${dtype} 2,3,1000 true true'`));
  });

  it('complex128 as pairs, a transposed one by its entries, and several in one record', async () => {
    const said = await returned(`
        const z = tensor(noise, { dtype: 'complex128', shape: [3, 1000] });
        const A = tensor(noise, { shape: [60, 100] });
        const { z: meanZ, At } = await neighborAllreduce({ z, At: aten.t(A) });
        const expected = await neighborAllreduce(noise);
        const back = aten.contiguous(aten.t(At));
        return [meanZ.dtype, same(meanZ.view(), expected), At.shape.join(), same(back.view(), expected)].join(' ');
      `);
    expect(said).toEqual(everywhere("'complex128 true 100,60 true'"));
  });

  it('iterates an algorithm in float64 to the machine’s precision', async () => {
    const said = await returned(`
        let x = tensor(Float64Array.of(rank(), 1 / (rank() + 1)));
        for (let k = 0; k < 120; k++) x = await neighborAllreduce(x);
        const [mean] = x.view();
        return Math.abs(Number(mean) - (size() - 1) / 2) < 1e-15;
      `);
    expect(said).toEqual(everywhere('true'));
  });

  it('computes on this engine’s share of the cores', async () => {
    const said = await valuesOf(cluster, 'threads()');
    const share = Math.max(1, Math.floor(availableCores() / SIZE));
    expect(said).toEqual(everywhere(String(share)));
  });

  it.each([
    ['int32', 'int32 numbers and the weight 0.33'],
    ['int64', 'tensor of type int64'],
    ['float16', 'tensor of type float16'],
    ['bool', 'tensor of type bool']
  ])(
    'refuses %s with the type in the sentence, as of typed arrays, on every rank',
    async (dtype, words) => {
      const said = await returned(`
          const x = tensor([1, 0]).to('${dtype}');
          return neighborAllreduce(x).then(() => 'passed', error => error.message);
        `);
      for (const sentence of said) expect(sentence).toContain(words);
    }
  );
});

describe('The way of a tensor through an exchange', () => {
  needsTorch();
  afterEach(() => vi.restoreAllMocks());

  it('copies its entries once into link memory and once out of it, and the addon copies none', async () => {
    const addon = loadAddon();
    const x = Array.from({ length: 2 }, (_, rank) =>
      tensor(new Float64Array(LENGTH).fill(rank), { shape: [100, 1000] })
    );
    const copies: string[] = [];
    const place = (array: ArrayLike<number>): string =>
      (array as Float64Array).buffer instanceof SharedArrayBuffer ? 'link' : 'own';
    const { set, slice } = Float64Array.prototype;
    vi.spyOn(Float64Array.prototype, 'set').mockImplementation(function (
      this: Float64Array,
      from,
      at
    ) {
      if (from.length === LENGTH) copies.push(`${place(from)} to ${place(this)}`);
      set.call(this, from, at);
    });
    vi.spyOn(Float64Array.prototype, 'slice').mockImplementation(function (
      this: Float64Array,
      from,
      to
    ) {
      if (this.length === LENGTH) copies.push(`${place(this)} to own`);
      return slice.call(this, from, to);
    });
    const native = (['from', 'copyTo', 'read'] as const).map(name => vi.spyOn(addon, name));
    const means = await runOnRanks(ringGraph(2), async c => {
      const mean = await c.neighborAllreduce(x[c.rank] as unknown as Value);
      return mean as unknown as TorchTensor;
    });
    for (const call of native) expect(call).not.toHaveBeenCalled();
    expect(copies.filter(copy => copy.includes('own')).sort()).toEqual([
      'link to own',
      'link to own',
      'own to link',
      'own to link'
    ]);
    vi.restoreAllMocks();
    for (const mean of means) expect(mean.view().every(entry => entry === 0.5)).toBe(true);
  });

  it('stops in link memory where it lies by columns: one copy there, one back, in the same pages again', async () => {
    const addon = loadAddon();
    const columns = (rank: number): TorchTensor =>
      aten.t(tensor(new Float64Array(LENGTH).fill(rank), { shape: [100, 1000] }));
    const x = [columns(0), columns(1)];
    const fetch = vi.spyOn(addon, 'fetch');
    const bring = vi.spyOn(addon, 'bring');
    const others = [
      ...(['from', 'copyTo', 'read', 'adopt'] as const).map(name => vi.spyOn(addon, name)),
      vi.spyOn(Float64Array.prototype, 'set'),
      vi.spyOn(Float64Array.prototype, 'slice')
    ];
    const means = await runOnRanks(ringGraph(2), async c => {
      for (let k = 0; k < 2; k++) await c.neighborAllreduce(x[c.rank] as unknown as Value);
      const mean = await c.neighborAllreduce(x[c.rank] as unknown as Value);
      return mean as unknown as TorchTensor;
    });
    for (const call of others) expect(call).not.toHaveBeenCalled();
    const places = (stops: readonly { byteOffset: number; buffer: ArrayBufferLike }[]): number => {
      for (const { buffer } of stops) expect(buffer).toBeInstanceOf(SharedArrayBuffer);
      return new Set(stops.map(({ byteOffset }) => byteOffset)).size;
    };
    expect(fetch).toHaveBeenCalledTimes(6);
    expect(bring).toHaveBeenCalledTimes(6);
    // Two ranks with a memory each, in which all calls use the same two places.
    expect(places(fetch.mock.calls.map(([, stop]) => stop))).toBe(1);
    expect(places(bring.mock.calls.map(([stop]) => stop))).toBe(1);
    vi.restoreAllMocks();
    for (const mean of means) {
      expect(mean.shape).toEqual([1000, 100]);
      expect(mean.view().every(entry => entry === 0.5)).toBe(true);
    }
  });

  it('stops again after a call that has failed', async () => {
    const x = aten.t(tensor(new Float64Array(600), { shape: [2, 300] })) as unknown as Value;
    const fetch = vi.spyOn(loadAddon(), 'fetch');
    const said = await runOnRanks(ringGraph(2), async c => {
      const wrong = c.rank === 0 ? x : new Float64Array(3);
      const failed = await c.neighborAllreduce(wrong).then(
        () => 'passed',
        (error: Error) => error.message
      );
      if (c.rank === 0) expect(failed).toContain('float64[300,2]');
      return failed;
    });
    expect(said).not.toContain('passed');
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('is sent from where it is: link memory does not move when it grows', () => {
    const memory = createMemory();
    const values = new Float64Array(memory.buffer as unknown as SharedArrayBuffer, 64, 2);
    const x = sharedTensor(values);
    for (let k = 0; k < 8; k++) memory.grow(2000);
    new Float64Array(memory.buffer as unknown as SharedArrayBuffer, 64, 2).set([3, 4]);
    expect([...x.dataSync()]).toEqual([3, 4]);
  });

  it('sends its own memory, and what arrives becomes the memory of the result', () => {
    const x = tensor(Float64Array.of(1, 2));
    const sent = x.toLeaf().data() as Float64Array;
    sent[0] = 5;
    expect(x.view()[0]).toBe(5);
    const arrived = Float64Array.of(7, 8);
    const result = x.fromLeaf(arrived, [2]);
    arrived[1] = 9;
    expect([...result.view()]).toEqual([7, 9]);
  });
});
