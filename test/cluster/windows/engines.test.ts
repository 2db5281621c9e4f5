/** Windows on real engines, through cells that end, fail and are stopped, and processes that die. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from 'decentlab';
import type { CellResult } from '../../../kernel-runtime/src/cluster/protocol/cell.js';
import {
  clusterErrorOf,
  codesOf,
  enginePids,
  gone,
  startCluster,
  valuesOf
} from '../real-cluster.js';

const SIZE = 4;
const RANKS = [0, 1, 2, 3];
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ engines: SIZE, stallAfter: 200 });
  await cluster.execute(`
    setTopology(fullyConnectedGraph(size()));
    await winCreate(Float64Array.of(rank(), 1), 'w', { zeroInit: true });
    const all = (weight) => Object.fromEntries(outNeighborRanks().map(j => [j, weight]));
  `);
});

const textOf = (result: CellResult): unknown =>
  result.status === 'ok' && result.data?.['text/plain'];

/** Every rank's own value, then its slots, by rank. */
async function memory(ranks = RANKS): Promise<unknown[]> {
  const look = (j: string): string =>
    `(await winUpdate('w', { selfWeight: 0, neighborWeights: { [${j}]: 1 }, clone: true }))[0]`;
  const cell = `
    const own = (await winUpdate('w', { selfWeight: 1, neighborWeights: {}, clone: true }))[0];
    const slots = [];
    for (const j of inNeighborRanks()) slots.push(${look('j')});
    [own, ...slots].join()`;
  const results = await cluster.ranks(ranks).execute(cell);
  return results.map(textOf);
}

const said = (lists: number[][]): string[] => lists.map(list => `'${list.join()}'`);

/** Starts a cell that prints once on every rank, and resolves when all have printed. */
function begin(cell: string, ranks = RANKS): Promise<{ ended: Promise<unknown> }> {
  let begun = 0;
  return new Promise(resolve => {
    const onOutput = (): void => {
      if (++begun === ranks.length) resolve({ ended });
    };
    const ended = clusterErrorOf(cluster.ranks(ranks).execute(cell, { onOutput }));
  });
}

describe('a window', () => {
  it('outlives cells, errors and interrupts, and what was put stays put', async () => {
    await cluster.execute('await winPut(Float64Array.of(10 * rank(), 1), "w")');
    await clusterErrorOf(cluster.execute('throw new Error("inside")'));
    const { ended } = await begin(
      'await winMutex("w", { forSelf: true }); console.log("begun"); await new Promise(() => {})'
    );
    await cluster.interrupt();
    await ended;
    expect(await memory()).toEqual(
      said(RANKS.map(r => [10 * r, ...RANKS.filter(j => j !== r).map(j => 10 * j)]))
    );
  });

  it('freezes the topology, and says so with its name', async () => {
    const error = await clusterErrorOf(cluster.execute('setTopology(ringGraph(size()))'));
    expect(codesOf(error, SIZE)).toEqual(RANKS.map(() => 'TOPOLOGY_FROZEN'));
    expect(error.message).toContain('has windows ("w")');
  });

  it('is written and read while its cell spins without an await', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'decentlab-spin-'));
    const values = await valuesOf(
      cluster,
      `const { existsSync, writeFileSync } = process.getBuiltinModule('node:fs');
      const [spinning, isDone] = ['spinning', 'done'].map(name => ${JSON.stringify(folder)} + '/' + name);
      let seen = 'nothing';
      if (rank() === 0) {
        writeFileSync(spinning, '');
        const limit = Date.now() + 20_000;
        // Only the end of the other rank's calls ends it.
        while (!existsSync(isDone) && Date.now() < limit) $tick();
        seen = existsSync(isDone) ? 'the end of the calls' : 'the end of patience';
      } else if (rank() === 1) {
        while (!existsSync(spinning)) await new Promise(resolve => setTimeout(resolve, 1));
        await winPut(Float64Array.of(3, 4), 'w', { dstWeights: [0] });
        await winGet('w', { srcWeights: [0] });
        await winMutex('w', { ranks: [0] }, () => undefined);
        writeFileSync(isDone, '');
      }
      seen`
    );
    rmSync(folder, { recursive: true });
    expect(values[0]).toBe("'the end of the calls'");
  });

  it('takes writes while its cell waits, and of cells that wait for nobody', async () => {
    const values = await valuesOf(
      cluster,
      `let seen = 0;
      if (rank() === 0) {
        while (seen < 3) {
          await winArrival('w');
          seen = Object.values(await winVersion('w')).filter(count => count > 0).length;
          if (seen < 3) await new Promise(resolve => setTimeout(resolve, 1));
        }
      } else await winPut(Float64Array.of(7, 7), 'w', { dstWeights: [0] });
      (await winUpdateThenCollect('w'))[1]`
    );
    expect(values[0]).toBe('22');
  });
});

describe('asynchronous push-sum', () => {
  it('agrees on the average, each rank at its own pace, and keeps Σ u and Σ v', async () => {
    await cluster.execute('await winFree()');
    const values = await valuesOf(
      cluster,
      `const x0 = Float64Array.of(rank() ** 2, 1);
      const node = { communicator: communicator(), gradient: x => x };
      const steps = stepsOf(asyncPushSum(), { x0, node });
      await steps.state();
      let isOver = false;
      if (rank() > 0) barrier({ name: 'slowest' }).then(() => (isOver = true));
      let k = 0;
      for (; rank() > 0 ? !isOver : k < 40; k++) {
        await new Promise(resolve => setTimeout(resolve, rank() > 0 ? 1 : 10));
        await steps.next();
      }
      if (rank() === 0) barrier({ name: 'slowest' });
      const { x, u, v } = await steps.finish();
      const [sumU, sumV] = await allreduce([u, v], { average: false });
      const isRight = [x[0] - 14 / 4, x[1] - 1, sumU[0] - 14, sumV - 4].map(e => Math.abs(e) < 1e-9);
      [...isRight, getCurrentCreatedWindowNames().length].join()`
    );
    expect(values).toEqual(RANKS.map(() => "'true,true,true,true,0'"));
  });
});

describe('a mutex', () => {
  it('that a cell still holds at its end is given back, whether it ended well or not', async () => {
    await cluster.execute('await winCreate(Float64Array.of(0, 0), "w")');
    await cluster.execute('if (rank() === 1) await winMutex("w", { ranks: [0, 2] })');
    const failing =
      'if (rank() === 2) { await winMutex("w", { ranks: [0, 1] }); throw new Error("inside"); }';
    await clusterErrorOf(cluster.execute(failing));
    const locked = await valuesOf(
      cluster,
      'await winMutex("w", { ranks: [0, 1, 2] }, () => rank())'
    );
    expect(locked).toEqual(['0', '1', '2', '3']);
  });

  it('that is waited for is named in the report, and the wait can be stopped', async () => {
    const held = begin(
      'await winMutex("w", { forSelf: true }); console.log("held"); await new Promise(() => {})',
      [3]
    );
    const { ended: holding } = await held;
    const reported = new Promise<string>(resolve => cluster.once('notice', resolve));
    // The end of the holder's cell may give it the mutex before it hears of its own.
    const waiting = cluster.ranks([1]).execute('await winMutex("w", { ranks: [3] })');
    const over = Promise.allSettled([holding, waiting]);
    expect(await reported).toMatch(/Rank 1 has waited .* in winMutex "w" for rank 3/);
    await cluster.interrupt();
    await over;
    expect(await valuesOf(cluster, 'await winMutex("w", { forSelf: true }, () => 1)')).toEqual(
      RANKS.map(() => '1')
    );
  });
});

describe('a rank that dies', () => {
  it('gives back what it held; what it wrote stays; writes to it fail; its successor has no windows', async () => {
    await cluster.execute(
      'await winFree(); await winCreate(1, "spare"); await winCreate(rank(), "v", { zeroInit: true }); await winPut(rank() + 1, "v")'
    );
    const [, , pid] = enginePids(cluster);
    const { ended } = await begin(
      `if (rank() === 2) {
        await winMutex('v', { ranks: [0] });
        await barrier();
        console.log('held');
        await new Promise(() => {});
      }
      await barrier();
      await winGet('v', { srcWeights: [2] });
      console.log('begun');
      await winMutex('v', { ranks: [0] }, () => undefined);
      await winPut(5, 'v', { dstWeights: [2] });`
    );
    process.kill(pid, 'SIGKILL');
    await gone([pid]);
    const error = (await ended) as Awaited<ReturnType<typeof clusterErrorOf>>;
    expect(
      error.errors.filter(({ rank }) => rank !== 2).map(({ error: { code } }) => code)
    ).toEqual(['PEER_LOST', 'PEER_LOST', 'PEER_LOST']);
    const kept = `(await winUpdate('v', { selfWeight: 0, neighborWeights: { 2: 1 }, clone: true }))`;
    const slots = await cluster.ranks([0, 1, 3]).execute(kept);
    expect(slots.map(textOf)).toEqual(['3', '3', '3']);

    // Freed on this rank in any case, or the topology would stay frozen for ever.
    const freeing = await clusterErrorOf(
      cluster.ranks([0, 1, 3]).execute('await winFree("spare")')
    );
    expect(freeing.errors).toHaveLength(3);
    const names = await cluster.ranks([0, 1, 3]).execute('getCurrentCreatedWindowNames().join()');
    expect(names.map(textOf)).toEqual(["'v'", "'v'", "'v'"]);

    await cluster.restart(2);
    const left = await clusterErrorOf(cluster.ranks([2]).execute('await winUpdate("v")'));
    expect(left.message).toContain('no window "v" on rank 2: its engine process was replaced');
    await cluster.execute(
      'await winFree(); setTopology(ringGraph(size())); await winCreate(rank(), "v"); await winPut(rank(), "v")'
    );
    expect(await valuesOf(cluster, 'await barrier(); await winUpdateThenCollect("v")')).toEqual([
      '4',
      '3',
      '6',
      '5'
    ]);
  });
});
