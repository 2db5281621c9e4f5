/** Births and deaths of clusters: files, reconnection, idle limit, signals, failed starts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { Cluster } from 'decentlab';
import { canHoldSockets } from '../../../kernel-runtime/src/platform.js';
import {
  clusterFiles,
  enginePids,
  gone,
  startCluster,
  stateWhere,
  valuesOf
} from '../real-cluster.js';

const SCRIPT = fileURLToPath(new URL('./leaving-client.mjs', import.meta.url));

interface File {
  pid: number;
  token: string;
  address: string;
  folder: string;
}

function readClusterFile(id: string): File {
  return JSON.parse(readFileSync(join(clusterFiles, `${id}.json`), 'utf8')) as File;
}

function listClusterFiles(): string[] {
  return existsSync(clusterFiles) ? readdirSync(clusterFiles) : [];
}

describe('a running cluster', () => {
  it('has a file that only its owner may read, with all that a client needs', async () => {
    const cluster = await startCluster({ engines: 1, name: 'a notebook' });
    const path = join(clusterFiles, `${cluster.id}.json`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    const file = readClusterFile(cluster.id);
    expect(file).toMatchObject({ id: cluster.id, size: 1, name: 'a notebook', cwd: process.cwd() });
    expect(file.token).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(file.folder).mode & 0o777).toBe(0o700);
    // The file may stand in a home that is on another machine; sockets stand in the temporary folder of this one.
    expect(dirname(file.address)).toBe(file.folder);
    const parent = dirname(file.folder);
    expect(canHoldSockets(parent, statfsSync(parent).type)).toBe(true);
    expect(file.folder.startsWith(dirname(clusterFiles))).toBe(false);
    await cluster.stop();
    expect(existsSync(path)).toBe(false);
    expect(existsSync(file.folder)).toBe(false);
  });

  it('serves its notebook again if its settings are those asked for, and else says what differs', async () => {
    const settings = {
      ...{ engines: 2, name: 'again', topology: 'ring', nodesPerMachine: 1 },
      link: { latency: 1, bandwidth: Infinity }
    };
    const first = await startCluster(settings);
    await first.execute('let kept = rank()');
    const same = await startCluster({ ...settings, link: { latency: 1 } });
    expect(same.id).toBe(first.id);
    expect(await same.pull('kept')).toEqual([0, 1]);
    const { link, ...unshaped } = settings;
    for (const [options, words] of [
      [{ ...settings, nodesPerMachine: 2 }, 'nodesPerMachine 1, not 2'],
      [{ ...settings, topology: 'star' }, 'topology "ring", not "star"'],
      [unshaped, 'link {"latency":1}, not by default'],
      [{ ...unshaped, stallAfter: 7 }, 'by default; stallAfter 5000, not 7'],
      [{ ...settings, cwd: '/' }, `cwd ${JSON.stringify(process.cwd())}, not "/"`]
    ] as const)
      await expect(startCluster(options)).rejects.toMatchObject({
        code: 'CLUSTER_DIFFERS',
        message: expect.stringContaining(words)
      });
    for (const wrong of [
      { nodesPerMachine: 3 },
      { heartbeat: Infinity },
      { stallAfter: NaN },
      { idleLimit: -1 },
      { idleLimit: 2 ** 40 }
    ])
      await expect(startCluster({ ...settings, ...wrong })).rejects.toMatchObject({
        code: 'VALUE_INVALID'
      });
    expect(await same.pull('kept')).toEqual([0, 1]);
    const anew = await startCluster({ ...unshaped, link, reuse: false });
    expect(anew.id).not.toBe(first.id);
    await expect.poll(() => listClusterFiles()).not.toContain(`${first.id}.json`);
    await anew.stop();
  });

  it.skipIf(process.platform !== 'linux')(
    'keeps its token out of command lines and environments',
    async () => {
      const cluster = await startCluster({ engines: 1 });
      const { token, pid } = readClusterFile(cluster.id);
      for (const process of [pid, ...enginePids(cluster)])
        for (const place of ['cmdline', 'environ'])
          expect(readFileSync(`/proc/${process}/${place}`, 'utf8')).not.toContain(token);
      await cluster.stop();
    }
  );

  it('tells how many engines are ready while it starts', async () => {
    const ready: number[] = [];
    const cluster = await startCluster({ engines: 3, onProgress: each => ready.push(each.ready) });
    expect(ready).toEqual([1, 2, 3]);
    await cluster.stop();
  });

  it('is found again with its variables, by its id and by the name of its notebook', async () => {
    const first = await startCluster({ engines: 2, name: 'mine' });
    const other = await startCluster({ engines: 1, name: 'other' });
    await first.push({ x: 5 });
    first.close();
    expect((await Cluster.list()).map(({ name }) => name).sort()).toEqual(['mine', 'other']);
    const byId = await Cluster.connect(first.id);
    expect(await byId.pull('x')).toEqual([5, 5]);
    const again = await startCluster({ engines: 2, name: 'mine' });
    expect(again.id).toBe(first.id);
    expect(await again.pull('x')).toEqual([5, 5]);
    const larger = await startCluster({ engines: 3, name: 'mine' });
    expect(larger.id).not.toBe(first.id);
    await gone(enginePids(again));
    await Promise.all([larger.stop(), other.stop()]);
    expect(await Cluster.list()).toEqual([]);
  });

  it('is whole when it is found again, though engines had ended and the graph went around one', async () => {
    const first = await startCluster({ engines: 3, name: 'mine' });
    await first.push({ x: 5 });
    await first.kill(1);
    await stateWhere(first, ({ engines }) => engines[1].state === 'lost');
    await first.heal();
    await first.kill(2);
    await stateWhere(first, ({ engines }) => engines[2].state === 'lost');
    first.close();
    const again = await startCluster({ engines: 3, name: 'mine' });
    expect(again.id).toBe(first.id);
    expect(await again.ranks([0]).pull('x')).toEqual([5]);
    expect(await valuesOf(again, 'await allreduce(rank())')).toEqual(['1', '1', '1']);
    await again.stop();
  });

  it('serves two clients, each with its own outputs', async () => {
    const one = await startCluster({ engines: 2 });
    const two = await Cluster.connect(one.id);
    const heard: string[] = [];
    const listen = (who: string) => ({
      onOutput: (rank: number, output: { type: string; text?: string }) =>
        void heard.push(`${who} ${rank} ${output.text?.trim()}`)
    });
    await Promise.all([
      one.execute('console.log("a")', listen('one')),
      two.execute('console.log("b")', listen('two'))
    ]);
    expect(heard.sort()).toEqual(['one 0 a', 'one 1 a', 'two 0 b', 'two 1 b']);
    await one.stop();
    await expect(Promise.resolve(two.execute('1'))).rejects.toMatchObject({
      code: 'CLUSTER_ENDED'
    });
  });
});

describe('the end', () => {
  it('of a controller that is killed takes the engines along, and fails calls by name', async () => {
    const cluster = await startCluster({ engines: 2 });
    const { pid, folder } = readClusterFile(cluster.id);
    const waiting = cluster.execute('await new Promise(() => {})');
    await stateWhere(cluster, ({ engines }) => engines.every(({ state }) => state === 'busy'));
    process.kill(pid, 'SIGKILL');
    await expect(Promise.resolve(waiting)).rejects.toMatchObject({ code: 'CLUSTER_ENDED' });
    await expect(Promise.resolve(cluster.pull('x'))).rejects.toMatchObject({
      code: 'CLUSTER_ENDED'
    });
    await gone(enginePids(cluster));
    // Its own file is left over, until somebody looks.
    expect(listClusterFiles()).toContain(`${cluster.id}.json`);
    expect(await Cluster.list()).toEqual([]);
    expect(listClusterFiles()).not.toContain(`${cluster.id}.json`);
    expect(existsSync(folder)).toBe(false);
  });

  it('by SIGTERM is told to clients, and removes all files', async () => {
    const cluster = await startCluster({ engines: 1 });
    const { pid, folder } = readClusterFile(cluster.id);
    const closed = once(cluster, 'closed');
    process.kill(pid, 'SIGTERM');
    expect(await closed).toEqual(['its controller received SIGTERM']);
    await gone([pid, ...enginePids(cluster)]);
    expect(existsSync(folder)).toBe(false);
    expect(await Cluster.list()).toEqual([]);
  });

  it('comes by itself when the last client has gone without a word', async () => {
    const child = spawn(process.execPath, [SCRIPT, '150'], {
      stdio: ['ignore', 'pipe', 'inherit']
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { id, pids } = JSON.parse(line.toString()) as { id: string; pids: number[] };
    child.kill('SIGKILL');
    await gone([...pids]);
    // The controller removes its file when the last engine has gone.
    await expect.poll(() => listClusterFiles()).not.toContain(`${id}.json`);
  });

  it.each([0, 300])(
    'by a limit of %d ms comes neither before the first client nor while one is there',
    async idleLimit => {
      const cluster = await startCluster({ engines: 1, idleLimit });
      await cluster.execute('await new Promise(resolve => setTimeout(resolve, 600))');
      expect(await valuesOf(cluster, '1')).toEqual(['1']);
      await cluster.stop();
    }
  );
});

describe('a start that fails', () => {
  it.each([
    ['an option that Node does not know', { execArgv: ['--no-such-option'] }, /--no-such-option/],
    ['a folder that is not there', { cwd: '/no/such/folder' }, /\/no\/such\/folder|ENOENT/]
  ])('because of %s says so, and leaves nothing', async (_, options, cause) => {
    const before = listClusterFiles();
    const started = startCluster({ engines: 2, ...options });
    // Its cause in parts, too: others say it in another language.
    const reason = { code: 'ENGINE_NOT_STARTED', detail: { how: expect.stringMatching(/^exit code \d+$/) } }; // prettier-ignore
    const detail = 'execArgv' in options ? { reason } : {};
    await expect(started).rejects.toMatchObject({ code: 'CLUSTER_NOT_STARTED', detail });
    await expect(started).rejects.toThrow(cause);
    expect(listClusterFiles()).toEqual(before);
  });
});

describe('looking for a cluster', () => {
  it.each([
    ['by an id that is none', 'no-such'],
    ['when none runs', undefined]
  ])('%s says what to do', async (_, id) => {
    await expect(Cluster.connect(id)).rejects.toMatchObject({ code: 'CLUSTER_NOT_FOUND' });
  });

  it.each([
    ['is no JSON', '{'],
    ['is something else', '{"pid": 1}']
  ])('passes over a file that %s', async (_, content) => {
    const path = join(clusterFiles, 'strange.json');
    writeFileSync(path, content);
    expect(await Cluster.list()).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });
});
