/** Links over TCP: engines listen on ports, which the others learn, also of an engine that comes later. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { Cluster } from 'decentlab';
import { clusterFiles, startCluster, valuesOf } from '../real-cluster.js';

const SIZE = 3;
/** Small, and beyond what travels with its head. */
const LENGTHS = [1, 50_000];

describe('a cluster over TCP', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster({ engines: SIZE, link: { transport: 'tcp' } });
  });

  const averages = (length: number): Promise<unknown[]> =>
    valuesOf(
      cluster,
      `const y = await allreduce(new Float64Array(${length}).fill(rank())); [y[0], y.at(-1)].join()`
    );

  it.each(LENGTHS)('averages vectors of %i numbers, without sockets of the machine', async n => {
    expect(await averages(n)).toEqual(Array(SIZE).fill("'1,1'"));
    const file = readFileSync(join(clusterFiles, `${cluster.id}.json`), 'utf8');
    const { folder } = JSON.parse(file) as { folder: string };
    for (let rank = 0; rank < SIZE; rank++)
      expect(existsSync(join(folder, `rank-${rank}.sock`))).toBe(false);
  });

  it('finds an engine that was restarted at its new port', async () => {
    await cluster.restart(1);
    for (const length of LENGTHS) expect(await averages(length)).toEqual(Array(SIZE).fill("'1,1'"));
  });

  it('finds engines that were restarted together', async () => {
    await cluster.restart();
    expect(await averages(LENGTHS[1])).toEqual(Array(SIZE).fill("'1,1'"));
  });
});

describe('Cluster.start', () => {
  it('refuses a transport that it does not know', async () => {
    const link = { transport: 'udp' as 'tcp' };
    await expect(Cluster.start({ engines: 2, link })).rejects.toMatchObject({
      code: 'VALUE_INVALID',
      message: expect.stringContaining('link, transport: expected "unix" or "tcp", received')
    });
  });
});
