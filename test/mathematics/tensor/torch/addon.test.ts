/** The addon under arguments of every kind, memory that is counted and given back, and reads beside the event loop. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { random } from '../../../../kernel-runtime/src/mathematics/math/random.js';
import { hasNvidia } from '../../../../kernel-runtime/src/mathematics/tensor/devices.js';
import {
  loadAddon,
  type Addon
} from '../../../../kernel-runtime/src/mathematics/tensor/torch/addon.js';
import { programUrl } from '../../../../kernel-runtime/src/package.js';
import { addonFile, needsTorch } from '../../../helpers/torch.js';

const FLOAT = 6;
const shared = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(4 * length));
const fixture = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const spawn = async (name: string, ...args: string[]): Promise<Record<string, number>> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', fixture(name), addonFile ?? '', ...args],
    { maxBuffer: 1e8 }
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, number>;
};

const call = (addon: Addon, operator: string, ...given: unknown[]): unknown => {
  const [name, overload = ''] = operator.split('.');
  return addon.call(addon.find(name, overload).index, ...(given as never[]));
};
const shapeOf = (addon: Addon, tensor: unknown): number[] => {
  addon.describe(tensor as number);
  const [, , dimensions = 0, ...sizes] = addon.description;
  return sizes.slice(0, dimensions);
};
const square = (addon: Addon): number => addon.from(new Float32Array(4), FLOAT, [2, 2], 'cpu');
const cube = (addon: Addon): number => addon.from(new Float32Array(50), FLOAT, [2, 5, 5], 'cpu');

describe('The addon', () => {
  needsTorch();

  it.each([1, 2])(
    'answers thousands of wrong arguments with errors and lives (seed %i)',
    async seed => {
      const { calls, errors, results, ended } = await spawn('fuzz.mjs', String(seed), '2000');
      expect(calls).toBe(2000);
      expect(errors).toBeGreaterThan(700);
      expect(results).toBeGreaterThan(20);
      expect(ended).toBe(1);
    }
  );

  it('gives back what a loop that never waits has let go of', async () => {
    const { allocated, grown, left } = await spawn('garbage.mjs');
    expect(allocated).toBeGreaterThan(8e9);
    expect(grown).toBeLessThan(1e9);
    expect(left).toBeLessThan(100);
  });

  it('counts memory that views share once, and forgets it when the last is released', () => {
    const addon = loadAddon();
    const before = addon.memory();
    const x = addon.from(new Float32Array(1000), FLOAT, [10, 100], 'cpu');
    const view = addon.call(addon.find('aten::t', '').index, x) as number;
    expect(addon.memory()).toEqual({ tensors: before.tensors + 2, bytes: before.bytes + 4000 });
    addon.release(x);
    expect(addon.memory().bytes).toBe(before.bytes + 4000);
    addon.release(view);
    expect(addon.memory()).toEqual(before);
  });

  it('gives memory that was released to later tensors, never to two at once', () => {
    const addon = loadAddon();
    const draw = random(7);
    // Around the sizes at which the classes of pieces change.
    const lengths = [1, 15, 16, 17, 20, 24, 28, 32, 33, 1024, 1025, 1280, 1281, 5000];
    const alive = new Map<number, Float32Array>();
    for (let turn = 0; turn < 2000; turn++) {
      const length = lengths[draw.integer(lengths.length)];
      const values = new Float32Array(length).fill(turn);
      alive.set(addon.from(values, FLOAT, [length], 'cpu'), values);
      if (alive.size < 40) continue;
      const [handle, expected] = [...alive][draw.integer(alive.size)];
      const read = new Float32Array(expected.length);
      addon.copyTo(handle, read);
      expect(
        read.every((entry, k) => entry === expected[k]),
        `turn ${turn}`
      ).toBe(true);
      addon.release(handle);
      alive.delete(handle);
    }
    for (const handle of alive.keys()) addon.release(handle);
  });

  it('tells V8 of memory outside its heap, and takes that back', () => {
    const addon = loadAddon();
    const before = addon.told();
    const grown = (): number => addon.told() - before;
    const { index } = addon.find('aten::zeros', '');
    const x = addon.call(index, [1 << 24], FLOAT) as number;
    expect(grown()).toBeGreaterThan(2 ** 26 - 2 ** 20);
    addon.release(x);
    expect(grown()).toBeLessThan(2 ** 20);
  });

  it('tells V8 of a sixteenth of what lies on a device, so that it collects for that too', () => {
    const addon = loadAddon();
    const before = addon.told();
    const options = [FLOAT, undefined, 'meta'];
    const x = addon.call(addon.find('aten::zeros', '').index, [1 << 28], ...options) as number;
    const grown = addon.told() - before;
    expect(Math.abs(grown - 2 ** 26)).toBeLessThan(2 ** 21);
    addon.release(x);
  });

  it.runIf(process.platform === 'linux')(
    'has what nothing refers to collected before it says that no memory is left',
    async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        fixture('full.mjs'),
        programUrl('torch').href
      ]);
      const enough = String(2 ** 31);
      expect(JSON.parse(stdout)).toMatchObject({
        ...{ garbage: enough, again: enough },
        ...{ found: [enough, 'DEVICE_MEMORY'], tensors: 1 }
      });
    }
  );

  it('shares memory with typed arrays in both directions without a copy', () => {
    const addon = loadAddon();
    const values = new Float32Array(new SharedArrayBuffer(16));
    const x = addon.share(values, FLOAT, [4]);
    values[2] = 7;
    const seen = new Float32Array(addon.view(x) ?? new ArrayBuffer(0));
    expect([...seen]).toEqual([0, 0, 7, 0]);
    seen[0] = 3;
    expect(values[0]).toBe(3);
    addon.release(x);
    // The view keeps the memory.
    expect(seen[2]).toBe(7);
  });

  it('reads beside the event loop', async () => {
    const addon = loadAddon();
    const x = addon.from(new Float32Array(4e6).fill(2), FLOAT, [4e6], 'cpu');
    let turned = false;
    setImmediate(() => (turned = true));
    const values = new Float32Array(await addon.read(x));
    expect(turned).toBe(true);
    expect(values[3_999_999]).toBe(2);
    addon.release(x);
  });

  it('copies to shared memory and back beside the event loop, whatever the order in memory', async () => {
    const addon = loadAddon();
    const x = addon.from(Float32Array.of(1, 2, 3, 4), FLOAT, [2, 2]);
    const byColumns = addon.call(addon.find('aten::t', '').index, x) as number;
    const stop = shared(4);
    expect(await addon.fetch(byColumns, stop)).toBe(stop);
    expect([...stop]).toEqual([1, 3, 2, 4]);
    const [back, read] = addon.bring(stop, FLOAT, [2, 2], 'cpu');
    expect(await read).toBe(stop);
    stop.fill(0);
    expect([...new Float32Array(addon.view(back)!)]).toEqual([1, 3, 2, 4]);
  });

  it('pins nothing where there is no GPU', context => {
    if (hasNvidia()) return context.skip('a GPU is here: `gpu-check` pins');
    expect(loadAddon().pin(new Uint8Array(new SharedArrayBuffer(8192)))).toBe(false);
  });

  it.each<[string, (addon: Addon) => unknown, RegExp]>([
    ['memory that can be taken away', a => a.share(new Float32Array(4), FLOAT, [4]), /SharedArray/],
    [
      'a shape of other length',
      a => a.from(new Float32Array(4), FLOAT, [5], 'cpu'),
      /20 bytes.*16/
    ],
    ['no typed array', a => a.from([1] as never, FLOAT, [1], 'cpu'), /typed array/],
    ['an unknown device', a => a.from(new Float32Array(1), FLOAT, [1], 'moon'), /moon/],
    ['a type that there is not', a => a.from(new Float32Array(1), 999, [1], 'cpu'), /type/],
    ['an unknown operator', a => a.find('aten::nope', ''), /no operator aten::nope/],
    ['a handle of nothing', a => a.describe(12345678901), /expected a tensor/],
    [
      'a copy on the way to memory that can be taken away',
      a => a.fetch(a.from(new Float32Array(4), FLOAT, [4]), new Float32Array(4)),
      /SharedArray/
    ],
    [
      'a copy to memory of another length',
      a => a.fetch(a.from(new Float32Array(4), FLOAT, [4]), shared(3)),
      /16 bytes.*12/
    ],
    ['a copy of what is no tensor', a => a.fetch(1, shared(3)), /expected a tensor/],
    [
      'a copy from memory that can be taken away',
      a => a.bring(new Float32Array(1), FLOAT, [1], 'cpu'),
      /SharedArray/
    ],
    ['a copy to nowhere', a => a.bring(shared(1), FLOAT, [1], 'moon'), /moon/],
    ['pages that can be taken away', a => a.pin(new Uint8Array(4096)), /SharedArray/],
    ['no threads', a => a.threads(0), /1 to 1024/],
    // What follows ends the process of some PyTorch, or of each.
    [
      'a type by a number that none has',
      a => call(a, 'aten::view.dtype', square(a), -1),
      /expected a number from 0 to \d+/
    ],
    [
      'fewer numbers than a kernel reads',
      a => call(a, 'aten::reflection_pad3d', cube(a), []),
      /padding.*list of 6, and it has 0/
    ],
    [
      'more numbers than a kernel takes',
      a => call(a, 'aten::avg_pool2d', cube(a), [2, 2, 2]),
      /kernel_size.*list of 2, and it has 3/
    ],
    [
      'dimensions by their names',
      a => call(a, 'aten::align_tensors', []),
      /no operator aten::align_tensors/
    ]
  ])('refuses %s', (_, use, sentence) => {
    expect(() => use(loadAddon())).toThrow(sentence);
  });

  it('takes one number for a list of them, and no stride as its default', () => {
    const addon = loadAddon();
    const pooled = (...given: unknown[]): number[] =>
      shapeOf(addon, call(addon, 'aten::avg_pool2d', cube(addon), ...given));
    expect(pooled([2], [])).toEqual([2, 2, 2]);
    expect(pooled([2, 2], [1])).toEqual([2, 4, 4]);
    expect(pooled(2, 1)).toEqual([2, 4, 4]);
  });

  it.each([
    ['is larger than numbers count', [7, 7, -1, -1]],
    ['has negative sizes', [-2, -2]]
  ])('empties a tensor that was to get a shape which %s', (_, shape) => {
    const addon = loadAddon();
    for (const operator of ['aten::resize_', 'aten::full.out']) {
      const x = square(addon);
      const given = operator === 'aten::resize_' ? [x, shape] : [shape, 1, x];
      expect(() => call(addon, operator, ...given)).toThrow();
      expect(shapeOf(addon, x)).toEqual([0]);
      addon.release(x);
    }
  });

  it('knows a tensor that was released, also when its place is taken again', () => {
    const addon = loadAddon();
    const make = (): number => addon.from(new Float32Array(1), FLOAT, [1], 'cpu');
    const gone = make();
    addon.release(gone);
    const next = make();
    expect(() => addon.describe(gone)).toThrow('the tensor has been disposed');
    expect(addon.release(gone)).toBe(false);
    expect(addon.device(next)).toBe('cpu');
    addon.release(next);
  });
});
