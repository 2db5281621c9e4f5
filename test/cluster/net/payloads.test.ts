/** Large values pass through files, which are written over by later values once they have been read. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Payloads } from '../../../kernel-runtime/src/cluster/net/payloads.js';
import { Matrix } from '../../../kernel-runtime/src/mathematics/math/matrix.js';
import { privateFolder } from '../../../kernel-runtime/src/platform.js';

const MEGABYTE = 2 ** 20;

let folder: string;
let sender: Payloads;
let receiver: Payloads;
beforeEach(() => {
  folder = privateFolder('decentlab-test-');
  sender = new Payloads(folder, Matrix);
  receiver = new Payloads(folder, Matrix);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytesOf = (name: string): number => statSync(join(folder, name)).size;
const vector = (length: number, value: number): Float64Array =>
  new Float64Array(length).fill(value);

describe('A large value', () => {
  it('takes the file of one that has been read, and neither is mistaken for the other', async () => {
    const first = await sender.pack({ x: vector(100_000, 1) }, 'x');
    const read = await receiver.unpack(first);
    const [before] = readdirSync(folder).map(name => statSync(join(folder, name)).ino);
    receiver.recycle(first);
    const second = await sender.pack({ x: vector(90_000, 2), y: 'shorter' }, 'x');
    const files = readdirSync(folder);
    expect(files.map(name => statSync(join(folder, name)).ino)).toEqual([before]);
    expect(read).toEqual({ x: vector(100_000, 1) });
    expect(await receiver.unpack(second)).toEqual({ x: vector(90_000, 2), y: 'shorter' });
    await expect(receiver.unpack(first)).rejects.toThrow('a value whose file is gone');
  });

  it('has a file of its own while another is still being read', async () => {
    const values = [1, 2, 3].map(value => ({ x: vector(50_000, value) }));
    const packed = await Promise.all(values.map(async value => sender.pack(value, 'x')));
    expect(await Promise.all(packed.map(async payload => receiver.unpack(payload)))).toEqual(
      values
    );
  });

  it.each([
    ['a much larger file', 40, 4],
    ['a smaller file', 1, 2]
  ])('does not take %s', async (_, had, wanted) => {
    receiver.recycle(await sender.pack(new Uint8Array(had * MEGABYTE), 'x'));
    const kept = readdirSync(folder);
    await sender.pack(new Uint8Array(wanted * MEGABYTE), 'x');
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(kept));
  });

  it('leaves no file behind once 64 MB are kept', async () => {
    const packed = await Promise.all(
      [30, 30, 30].map(async size => sender.pack(new Uint8Array(size * MEGABYTE), 'x'))
    );
    for (const payload of packed) receiver.recycle(payload);
    const kept = readdirSync(folder).reduce((sum, name) => sum + bytesOf(name), 0);
    expect(kept).toBeLessThan(64 * MEGABYTE);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('needs no folder to be given away', async () => {
    const payload = await sender.pack(vector(100_000, 1), 'x');
    rmSync(folder, { recursive: true });
    receiver.recycle(payload);
    mkdirSync(folder);
    expect(readdirSync(folder)).toEqual([]);
  });
});
