/** There is no bad time to kill an engine: nothing hangs, no number is wrong, nothing is left behind. */
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Cluster, ClusterError, random, type EngineState } from 'decentlab';
import { stateWhere } from '../cluster/states.js';
import { titleWith } from '../helpers/lab.js';
import { checkedExchanges } from './checked-exchanges.js';
import { slope } from './drift.js';
import { form, SOAK_LIMIT_MS, tell } from './form.js';
import { descriptorsOf, Premises, residentOf, whyNoSoak, type Census } from './premises.js';

const SIZE = 5;
const ALL = [0, 1, 2, 3, 4];
const STEPS_AFTER = 30;
/** A kill happens within this time of the beginning of a cell, in milliseconds. */
const LATEST_KILL_MS = 120;
/** What no step may take; a hang takes longer. */
const STEP_LIMIT_MS = 20_000;
/** Megabytes a kill that are no leak. */
const MOST_GROWTH = 0.2;

/** The one to give again to see the same kills: `DECENTLAB_SEED=… npm run soak kills`. */
const seed = Number(process.env['DECENTLAB_SEED'] ?? (form.isLong ? Date.now() % 1e6 : 1));
const chance = random(seed);
const premises = new Premises();

describe.skipIf(whyNoSoak)(titleWith(`${form.kills} kills with seed ${seed}`, whyNoSoak), () => {
  let cluster: Cluster;
  let before: Census;
  let descriptors: number;
  const memory: number[] = [];
  const notices: string[] = [];

  const controller = (): number => premises.pidsOf('programs/controller.js')[0];
  const countDescriptors = (): number => descriptorsOf(controller()) + descriptorsOf(process.pid);

  beforeAll(async () => {
    cluster = await Cluster.start({ engines: SIZE, stallAfter: STEP_LIMIT_MS });
    cluster.on('notice', text => notices.push(text));
    await cluster.execute('setTopology(symmetricExponentialGraph(size())); let kept = rank()');
    await within('the first exchanges', exchangeAmong(ALL));
    before = await premises.quiet();
    descriptors = countDescriptors();
  });
  afterAll(() => cluster.stop());

  async function exchangeAmong(members: readonly number[]): Promise<void> {
    expect(cluster.all.ranks).toEqual(members);
    const cell = checkedExchanges({ seed: chance.integer(1e6), steps: STEPS_AFTER, members });
    const results = await cluster.execute(cell);
    expect(results.map(result => result.status === 'ok' && result.data?.['text/plain'])).toEqual(
      members.map(() => "'right'")
    );
  }

  /** Kills some engines while all exchange for ever; gives what the call came to. */
  async function killWhileExchanging(victims: readonly number[]): Promise<unknown> {
    const endless = { seed: chance.integer(1e6), steps: Number.MAX_SAFE_INTEGER, members: ALL };
    const call = Promise.resolve(cluster.execute(checkedExchanges(endless)));
    const ended = call.then(
      () => new Error('The cell ended well.'),
      (error: unknown) => error
    );
    for (const victim of victims) {
      await sleep(chance.uniform() * LATEST_KILL_MS);
      process.kill(cluster.state.engines[victim].pid ?? NaN, 'SIGKILL');
    }
    const error = await within('the call that was cut off', ended);
    // The last one may have died when the call was over already.
    await within(
      'the news',
      stateWhere(cluster, ({ engines }) => victims.every(isLostIn(engines)))
    );
    return error;
  }

  async function expectLost(victims: readonly number[], error: unknown): Promise<void> {
    expect(error).toBeInstanceOf(ClusterError);
    const codes = (error as ClusterError).errors.map(each => each.error.code ?? each.error.message);
    expect(new Set(codes)).toEqual(new Set(['PEER_LOST']));
    const survivors = ALL.filter(rank => !victims.includes(rank));
    const kept = await within('variables', cluster.ranks(survivors).pull('kept'));
    expect(kept).toEqual(survivors);
  }

  it(
    'are survived by the others, with heal and with restart',
    async () => {
      for (let k = 0; k < form.kills; k++) {
        const victims = chance.permutation(SIZE).slice(0, chance.uniform() < 0.25 ? 2 : 1);
        await expectLost(victims, await killWhileExchanging(victims));
        const survivors = ALL.filter(rank => !victims.includes(rank));
        if (chance.uniform() < 0.5) {
          const { absent } = await within('heal', cluster.heal());
          expect(absent).toEqual([...victims].sort());
          await within('exchanges of the survivors', exchangeAmong(survivors));
        }
        for (const victim of victims) {
          await within('restart', cluster.restart(victim));
          await cluster.ranks([victim]).push({ kept: victim });
        }
        await within('exchanges of all', exchangeAmong(ALL));
        memory.push(residentOf(controller()));
        if (k % 10 === 0) tell(`kill ${k}: rank ${victims.join(' and ')}, ${memory.at(-1)} MB`);
      }
    },
    SOAK_LIMIT_MS
  );

  it('leave no process, socket or file behind', async () => {
    expect(await premises.settled(before)).toEqual(before);
  });

  it('leave no file descriptor open', async () => {
    await expect.poll(countDescriptors).toBeLessThanOrEqual(descriptors);
  });

  it('are told, and nothing else is: nobody waited in vain', () => {
    expect(notices.filter(text => !text.includes('has ended (signal SIGKILL'))).toEqual([]);
  });

  if (form.isLong)
    it('leave no memory behind in the controller', () => {
      const series = memory.slice(20);
      tell(`${slope(series).toFixed(3)} MB a kill`);
      expect(slope(series)).toBeLessThan(MOST_GROWTH);
    });
});

function isLostIn(engines: readonly EngineState[]): (rank: number) => boolean {
  return rank => engines[rank].state === 'lost';
}

/** A step that must not hang. */
async function within<T>(what: string, step: PromiseLike<T>): Promise<T> {
  const clock = new AbortController();
  const late = sleep(STEP_LIMIT_MS, undefined, { signal: clock.signal }).then(() => {
    throw new Error(`${what} took longer than ${STEP_LIMIT_MS / 1000} s (seed ${seed}).`);
  });
  late.catch(() => undefined);
  return Promise.race([step, late]).finally(() => clock.abort());
}
