/** An engine that computes for 10 s without an `await`: its links go on, and nobody takes it for dead. */
import { Cluster } from 'decentlab';
import { afterAll, describe, expect, it } from 'vitest';

import { SOAK_LIMIT_MS, tell } from './form.js';
import { Premises } from './premises.js';

const SIZE = 3;
const SPIN_MS = 10_000;
/** Much shorter than the spin. */
const HEARTBEAT_MS = 2_000;

/** What came of a rank, with times of the machine's clock. */
interface Told {
  readonly value: number;
  readonly put: number;
  readonly exchanged: number;
  readonly ended: number;
}

describe('an engine that computes without a pause', () => {
  new Premises();
  let cluster: Cluster | undefined;
  afterAll(() => cluster?.stop());

  it(
    'answers heartbeats, takes puts at once, and its exchanges complete',
    async () => {
      cluster = await Cluster.start({ engines: SIZE, heartbeat: HEARTBEAT_MS, name: null });
      const notices: string[] = [];
      const states = new Set<string>();
      cluster.on('notice', text => notices.push(text));
      cluster.on('state', ({ engines }) => engines.forEach(({ state }) => states.add(state)));
      await cluster.execute(`
        setTopology(fullyConnectedGraph(size()));
        let told;
        const x = new Float64Array(200_000).fill(rank());
        await winCreate(new Float64Array(10), 'w');
        await neighborAllreduce(x);`);
      await cluster.execute(`{
        const now = () => performance.timeOrigin + performance.now();
        await barrier();
        const exchange = neighborAllreduce(x);
        const times = { put: 0, exchanged: 0 };
        if (rank() === 0) {
          const end = performance.now() + ${SPIN_MS};
          // The call is handed over before.
          await new Promise(resolve => setImmediate(resolve));
          while (performance.now() < end);
          times.spun = now();
        } else {
          await winPut(new Float64Array(10).fill(rank()), 'w', { dstWeights: { 0: 1 } });
          times.put = now();
        }
        const y = await exchange;
        times.exchanged = now();
        told = { ...times, value: y[0] + y[199_999], ended: times.spun ?? 0 };
      }`);
      const told = await cluster.pull<Told>('told');
      expect(told.map(({ value }) => value)).toEqual([2, 2, 2]);
      for (const { put, exchanged } of told.slice(1)) {
        const early = [put, exchanged].map(time => told[0].ended - time);
        tell(
          `before the end of the spin: put ${early[0].toFixed(0)} ms, exchange ${early[1].toFixed(0)} ms`
        );
        for (const ms of early) expect(ms).toBeGreaterThan(SPIN_MS / 2);
      }
      expect(states.has('silent')).toBe(false);
      expect(notices.filter(text => /frozen|cut|ended/.test(text))).toEqual([]);
    },
    SOAK_LIMIT_MS
  );
});
