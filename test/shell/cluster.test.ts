/** `decentlab cluster`: a cluster that a shell starts, whoever takes it, and how it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../../kernel-runtime/src/cluster/client/cluster.js';
import { temporaryFolder } from '../helpers/folder.js';
import { root } from '../helpers/project.js';

const program = join(root, 'kernel-runtime/bin/decentlab.mjs');
const folder = temporaryFolder();
const ownFolder = process.env['JUPYTER_RUNTIME_DIR'];

/** `decentlab cluster` with these arguments, on the clusters of this file alone. */
async function decentlabCluster(
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, JUPYTER_RUNTIME_DIR: folder };
  const child = spawn(process.execPath, [program, 'cluster', ...args], { env });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => (texts.out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (texts.err += text.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...texts };
}

const ids = async (): Promise<string[]> => {
  const { out } = await decentlabCluster('list', '--json');
  return (JSON.parse(out) as { clusters: { id: string }[] }).clusters.map(({ id }) => id);
};

describe('decentlab cluster start', () => {
  beforeAll(() => void (process.env['JUPYTER_RUNTIME_DIR'] = folder));
  afterAll(() => {
    if (ownFolder === undefined) delete process.env['JUPYTER_RUNTIME_DIR'];
    else process.env['JUPYTER_RUNTIME_DIR'] = ownFolder;
  });

  it('leaves a cluster that another process lists, uses and stops', async () => {
    const started = await decentlabCluster('start', '-n', '2', '--topology', 'ring', '--json');
    expect(started).toMatchObject({ code: 0, err: '' });
    const { id, ...rest } = JSON.parse(started.out) as { id: string };
    expect(rest).toEqual({ engines: 2, idleMinutes: 10 });
    expect((await decentlabCluster('list')).out).toBe(`${id}  2 engines: idle, idle\n`);

    const cluster = await Cluster.connect(id);
    const names = await cluster.execute({ name: 'cell', js: 'loadTopology().name' });
    expect(names.map(result => result.status === 'ok' && result.data?.['text/plain'])).toEqual([
      "'ring'",
      "'ring'"
    ]);
    const closed = once(cluster, 'closed');
    expect((await decentlabCluster('stop', id)).out).toBe(`Cluster ${id} is stopped.\n`);
    await closed;
    expect(await ids()).toEqual([]);
  });

  it('ends it by itself after the minutes that it says, with nobody connected', async () => {
    const { out } = await decentlabCluster('start', '-n', '1', '--idle-minutes', '0.02');
    const [, id] = /^Cluster (\w+) runs with 1 engines?\b/.exec(out) ?? [];
    expect(out).toContain(`await Cluster.connect('${id}')`);
    expect(out).toContain('after 0.02 minutes with nobody connected');
    await expect.poll(ids).toEqual([]);
  });

  it.each([
    [['start', '-n', 'many'], '"-n many" is not understood'],
    [['start', '-n', '0'], 'engines: expected a whole number >= 1, received 0'],
    [['start', '--idle-minutes', '0'], '`--idle-minutes M` with a number M > 0'],
    [['start', '--topology', 'rink'], 'There is no topology'],
    [['start', '--backend', 'abacus'], 'abacus'],
    [['start', '--devices', 'abacus'], 'abacus'],
    [['start', 'four'], 'the usage is `decentlab cluster (start'],
    [['list', '-n', '2'], 'the usage is `decentlab cluster (start'],
    [['stop', 'a', 'b'], 'the usage is `decentlab cluster (start']
  ])('%j ends in one sentence', async (args, sentence) => {
    const { code, out, err } = await decentlabCluster(...args);
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  it('starts nothing that it refuses', async () => {
    expect(await ids()).toEqual([]);
  });
});
