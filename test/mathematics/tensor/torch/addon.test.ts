/** The addon under arguments of every kind, memory that is counted and given back, and reads beside the event loop. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  loadAddon,
  type Addon
} from '../../../../kernel-runtime/src/mathematics/tensor/torch/addon.js';
import { addonFile, needsTorch } from '../../../helpers/torch.js';

const FLOAT = 6;
const fixture = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const spawn = async (name: string, ...args: string[]): Promise<Record<string, number>> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', fixture(name), addonFile ?? '', ...args],
    { maxBuffer: 1e8 }
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, number>;
};

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
    ['no threads', a => a.threads(0), /1 to 1024/]
  ])('refuses %s', (_, call, sentence) => {
    expect(() => call(loadAddon())).toThrow(sentence);
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
