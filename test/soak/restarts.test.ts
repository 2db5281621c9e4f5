/** A kernel that is restarted all day, and clusters that come and go, leave nothing behind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrontEnd } from '../helpers/front-end.js';
import { titleWith } from '../helpers/lab.js';
import { slope } from './drift.js';
import { form, SOAK_LIMIT_MS, tell } from './form.js';
import {
  countsOf,
  descriptorsOf,
  Premises,
  residentOf,
  whyNoSoak,
  type Census
} from './premises.js';

const START = 'const cluster = await Cluster.start({ engines: 2 });';
const STOP = 'await cluster.stop();';
/** Megabytes a start and stop that are no leak: the compiler keeps the cells that do it. */
const MOST_GROWTH = 0.6;
const TELL_EACH = 10;

const premises = new Premises();

async function expectOk(frontEnd: FrontEnd, code: string): Promise<void> {
  expect((await frontEnd.run(code)).reply).toMatchObject({ status: 'ok' });
}

describe.skipIf(whyNoSoak)(titleWith(`${form.restarts} restarts of a kernel`, whyNoSoak), () => {
  let empty: Census;
  let frontEnd: FrontEnd;
  let before: Census;

  beforeAll(async () => {
    empty = premises.census();
    frontEnd = await FrontEnd.start({ JPY_SESSION_NAME: 'soak.ipynb' });
    await expectOk(frontEnd, START);
    before = await premises.quiet();
  });
  afterAll(() => frontEnd.close());

  it(
    'keep its cluster, and leave no process, socket or file behind',
    async () => {
      for (let k = 0; k < form.restarts; k++) {
        await frontEnd.restart();
        await expectOk(frontEnd, `const cluster = await Cluster.connect(); const k = ${k};`);
        await expectOk(frontEnd, `%%px\nlet kept = rank();`);
        if (k % TELL_EACH === 0) tell(`restart ${k}: ${countsOf(premises.census())}`);
      }
      expect(await premises.settled(before)).toEqual(before);
    },
    SOAK_LIMIT_MS
  );

  it('end with nothing at all', async () => {
    await expectOk(frontEnd, STOP);
    await frontEnd.close();
    expect(await premises.settled(empty)).toEqual(empty);
  });
});

describe.skipIf(whyNoSoak)(titleWith(`${form.clusters} clusters in one kernel`, whyNoSoak), () => {
  const memory = { kernel: [] as number[], client: [] as number[] };
  let frontEnd: FrontEnd;
  let before: Census;
  let descriptors: number;

  const pids = (): { kernel: number; client: number } => {
    const [client = NaN] = premises.pidsOf('programs/cells.js');
    return { kernel: frontEnd.process.pid ?? NaN, client };
  };
  const countDescriptors = (): number =>
    Object.values(pids()).reduce((sum, pid) => sum + descriptorsOf(pid), 0);

  beforeAll(async () => {
    frontEnd = await FrontEnd.start();
    // The first one loads what all of them need.
    await expectOk(frontEnd, START);
    await expectOk(frontEnd, STOP);
    before = await premises.quiet();
    descriptors = countDescriptors();
    for (let k = 0; k < form.clusters; k++) {
      await expectOk(frontEnd, START);
      await expectOk(frontEnd, 'await cluster.push({ x: new Float64Array(1e5) });');
      await expectOk(frontEnd, '%%px\nx.length + rank()');
      await expectOk(frontEnd, STOP);
      const { kernel, client } = pids();
      memory.kernel.push(residentOf(kernel));
      memory.client.push(residentOf(client));
      if (k % TELL_EACH === 0) tell(`cluster ${k}: ${countsOf(premises.census())}`);
    }
  }, SOAK_LIMIT_MS);
  afterAll(() => frontEnd.close());

  it('leave no process, socket or file behind', async () => {
    expect(await premises.settled(before)).toEqual(before);
  });

  it('leave no file descriptor open in the kernel and its client process', async () => {
    await expect.poll(countDescriptors).toBeLessThanOrEqual(descriptors);
  });

  if (form.isLong)
    it.each(['kernel', 'client'] as const)('leave no memory behind in the %s', name => {
      const series = memory[name].slice(10);
      tell(`${name}: ${series.map(Math.round).join(', ')} MB, ${slope(series).toFixed(2)} MB each`);
      expect(slope(series)).toBeLessThan(MOST_GROWTH);
    });
});
