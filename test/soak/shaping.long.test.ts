/** The slower network of `Cluster.start({ link })` beside one that the system slows down by token buckets, on both cards. */
import { afterAll, describe, expect, it } from 'vitest';

import { Cluster } from 'decentlab';
import { startOnHosts } from '../cluster/faults/cluster-on-hosts.js';
import { Hosts, whyNoHosts } from '../cluster/faults/hosts.js';
import { titleWith } from '../helpers/lab.js';
import { Premises } from './premises.js';
import { SOAK_LIMIT_MS, tell } from './form.js';

const SIZE = 4;
/** Small enough that the machine itself is not the limit. */
const BANDWIDTH = 40e6;
const LENGTH = 500_000;
const ROUNDS = 2;
const STEPS = 2;
const whyNot = whyNoHosts();

/** What each rank does, with what its card has to carry, in vectors. */
const EXCHANGES: Record<string, string> = {
  'to one peer': `(x) => neighborAllreduce(x, oneWay([(rank() + 3) % 4], [(rank() + 1) % 4]))`,
  'with two neighbours': `(x) => neighborAllreduce(x, oneWay([(rank() + 3) % 4, (rank() + 1) % 4], [(rank() + 1) % 4, (rank() + 3) % 4]))`,
  'three to one': `(x) => neighborAllreduce(x, rank() === 0 ? oneWay([1, 2, 3], []) : oneWay([], [0]))`,
  'one to three': `(x) => neighborAllreduce(x, rank() === 0 ? oneWay([], [1, 2, 3]) : oneWay([0], []))`,
  'two to one, which another one sends elsewhere': `(x) => neighborAllreduce(x, [oneWay([1, 2], []), oneWay([], [0, 3]), oneWay([], [0]), oneWay([1], [])][rank()])`,
  'all-reduce': `(x) => allreduce(x)`
};

const PRELUDE = `
  const oneWay = (from, to) => ({
    selfWeight: 1, srcWeights: Object.fromEntries(from.map(j => [j, 0.5])), dstWeights: to, enableTopoCheck: false
  });
  const x = new Float64Array(${LENGTH}).fill(rank());`;

/** Ms of each step, the slowest rank's. */
async function time(cluster: Cluster, exchange: string): Promise<number[]> {
  const cell = `{
    const exchange = ${exchange};
    const times = [];
    for (let k = 0; k < ${STEPS}; k++) {
      await barrier();
      const began = performance.now();
      await exchange(x);
      await barrier();
      times.push(performance.now() - began);
    }
    taken = times;
  }`;
  await cluster.execute(cell);
  const byRank = await cluster.pull<number[]>('taken');
  return byRank[0].map((_, k) => Math.max(...byRank.map(times => times[k])));
}

async function prepared(cluster: Cluster): Promise<Cluster> {
  await cluster.execute(`${PRELUDE} let taken = [];`);
  // The links are dialled once.
  await cluster.execute('await allreduce(x.subarray(0, 20_000)); await neighborAllreduce(1);');
  return cluster;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

describe.skipIf(whyNot)(titleWith(`a network of ${BANDWIDTH / 1e6} Mbit/s`, whyNot), () => {
  new Premises();
  const clusters: Cluster[] = [];
  let hosts: Hosts | undefined;
  afterAll(async () => {
    await Promise.all(clusters.map(cluster => cluster.stop()));
    hosts?.remove();
  });

  it(
    'takes in user space what it takes with token buckets, within 10 %',
    async () => {
      hosts = new Hosts(SIZE);
      hosts.slowDown(BANDWIDTH);
      const link = { bandwidth: BANDWIDTH, transport: 'tcp' } as const;
      const [real, ours] = await Promise.all(
        [await startOnHosts(hosts), await Cluster.start({ engines: SIZE, link, name: null })].map(
          prepared
        )
      );
      clusters.push(real, ours);
      const ratios: number[] = [];
      for (const [name, exchange] of Object.entries(EXCHANGES)) {
        const times: { real: number[]; ours: number[] } = { real: [], ours: [] };
        for (let round = 0; round < ROUNDS; round++) {
          times.real.push(...(await time(real, exchange)));
          times.ours.push(...(await time(ours, exchange)));
        }
        const ratio = median(times.ours) / median(times.real);
        ratios.push(ratio);
        const [tbf, own] = [times.real, times.ours].map(list => median(list).toFixed(0));
        tell(`${name}: tbf ${tbf} ms, in user space ${own} ms, ratio ${ratio.toFixed(3)}`);
      }
      expect(median(ratios)).toBeGreaterThan(0.9);
      expect(median(ratios)).toBeLessThan(1.1);
    },
    SOAK_LIMIT_MS
  );
});
