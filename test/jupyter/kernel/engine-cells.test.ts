/** `%%px` cells on a real cluster of four engines, through the real kernel. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGAIN } from '../../helpers/busy-machine.js';
import { FrontEnd, type Received } from '../../helpers/front-end.js';

const runtime = mkdtempSync(join(tmpdir(), 'decentlab-runtime-'));
let frontEnd: FrontEnd;

beforeAll(async () => {
  frontEnd = await FrontEnd.start({
    JUPYTER_RUNTIME_DIR: runtime,
    JPY_SESSION_NAME: 'engine-cells.ipynb'
  });
});
afterAll(async () => {
  await frontEnd.run('await (await Cluster.connect()).stop()');
  await frontEnd.close();
  rmSync(runtime, { recursive: true, force: true });
});

const tracebackOf = (reply: Record<string, unknown>) => (reply['traceback'] as string[]).join('\n');
const isShown = (id: string) => (message: Received) =>
  message.parent === id && message.type === 'display_data';

describe('with a cluster', () => {
  beforeAll(async () => {
    const { reply } = await frontEnd.run(
      'const cluster = await Cluster.start({ engines: 4, idleLimit: 20_000, stallAfter: 1_500 })'
    );
    expect(reply).toMatchObject({ status: 'ok' });
  });

  it('has one home for each variable of the engines', async () => {
    await frontEnd.run('%%px\nlet gamma = .1; function step() { return gamma }');
    const { result } = await frontEnd.run('%%px\ngamma = rank() / 10; step() === gamma');

    expect(result).toBe('[0–3] true');
  });

  it('differentiates losses with native numbers', async () => {
    const loss = 'x => dot(x, x) / 2 + rank() * Math.exp(x[0])';
    const { result } = await frontEnd.run(`%%px\ngrad(${loss})(vector(0, 3))[0]`);

    expect(result).toBe('[0] 0\n[1] 1\n[2] 2\n[3] 3');
  });

  it('knows pushed variables and their types', async () => {
    await frontEnd.run('await cluster.push({ beta: .9, start: new Float64Array([1, 2]) })');
    const good = await frontEnd.run('%%px\n[...(beta * start)]');
    const wrong = await frontEnd.run('%%px\nconst text: string = beta');

    expect(good.result).toBe('[0–3] [ 0.9, 1.8 ]');
    expect(wrong.reply).toMatchObject({ status: 'error', ename: 'TypeScriptError' });
  });

  it('exchanges with neighbours as the equation says', async () => {
    const { result } = await frontEnd.run(
      '%%px\nsetTopology(ringGraph(size()));\n(await neighborAllreduce(rank())).toFixed(3)'
    );

    expect(result).toBe("[0] '1.333'\n[1] '1.000'\n[2] '2.000'\n[3] '1.667'");
  });

  it('checks types once, before anything runs', async () => {
    const { reply, stdout } = await frontEnd.run(
      '%%px\nconsole.log("ran");\nconst x: string = rank();'
    );

    expect(reply).toMatchObject({ status: 'error', ename: 'TypeScriptError' });
    expect(tracebackOf(reply)).toMatch(/cell \d+:3:7/);
    expect(stdout).toBe('');
  });

  it('compiles the source of execute() with the types of the engines', async () => {
    await frontEnd.run('%%px\nconst own: number = rank()');
    const good = await frontEnd.run('(await cluster.all.execute("own as number + 1")).length');
    const wrong = await frontEnd.run('await cluster.all.execute("const t: string = own")');

    expect(good.result).toBe('4');
    expect(wrong.reply['evalue']).toMatch(/not assignable to type 'string'/);
  });

  it(
    'stops a busy loop on all engines within a second and keeps the variables',
    AGAIN,
    async () => {
      await frontEnd.run('%%px\nconst kept = rank() * 2');
      const cell = frontEnd.begin('%%px\ndisplay("on"); while (true) {}');
      await frontEnd.next(isShown(cell.id));
      const started = performance.now();
      await frontEnd.interrupt();
      const { reply } = await cell.ended;

      expect(performance.now() - started).toBeLessThan(1000);
      expect(reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
      expect((await frontEnd.run('%%px --targets 3\nkept')).result).toBe('[3] 6');
    }
  );

  it('stops the engines that a client cell waits for', async () => {
    const cell = frontEnd.begin('await cluster.execute("console.log(1); for (;;) {}")');
    await frontEnd.next(({ parent, type }) => parent === cell.id && type === 'stream');
    await frontEnd.interrupt();

    expect((await cell.ended).reply).toMatchObject({ status: 'error' });
    expect((await frontEnd.run('%%px --targets 2\n"free"')).result).toBe("[2] 'free'");
  });

  it('replaces engines that only a second Stop can stop, and says that variables are gone', async () => {
    const wait = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4) as never), 0, 0)';
    const cell = frontEnd.begin(`%%px\nif (rank() === 1) { display("on"); ${wait} }\n"done"`);
    await frontEnd.next(isShown(cell.id));
    await frontEnd.interrupt();
    await frontEnd.interrupt();
    const { reply, stderr } = await cell.ended;
    await frontEnd.run('await cluster.restart(1)');

    expect(reply).toMatchObject({
      status: 'error',
      evalue: expect.stringMatching(/Engine 1 failed/)
    });
    expect(stderr).toMatch(/Second Stop: the engine of rank 1 .* variables there are gone/);
    expect((await frontEnd.run('%%px\nrank()')).result).toContain('[1] 1');
  });

  it('shows what a stalled call waits for, whoever started it', async () => {
    const half = '%%px --targets 0\nawait neighborAllreduce(1)';
    const cell = frontEnd.begin(half);
    const notice = await frontEnd.next(
      ({ parent, content }) => parent === cell.id && content['name'] === 'stderr'
    );
    await frontEnd.interrupt();
    await cell.ended;
    const client = frontEnd.begin('await cluster.ranks([0]).execute("await neighborAllreduce(1)")');
    const other = await frontEnd.next(
      ({ parent, content }) => parent === client.id && content['name'] === 'stderr'
    );
    await frontEnd.interrupt();
    await client.ended;

    expect(notice.content['text']).toMatch(/neighborAllreduce/);
    expect(other.content['text']).toMatch(/neighborAllreduce/);
  });

  it('tells the panel of its engines while they work', async () => {
    const isPush = (state: string) => (message: Received) =>
      message.type === 'comm_msg' &&
      JSON.stringify(message.content.data).includes(`"state":"${state}"`);
    const idle = frontEnd.next(isPush('idle'));
    frontEnd.send('comm_open', { comm_id: 'panel', target_name: 'decentlab:clusters', data: {} });
    const first = await idle;
    const busy = frontEnd.next(isPush('busy'));
    const cell = frontEnd.begin('%%px\nawait new Promise(() => {})');
    await busy;
    const current = first.content.data?.['current'];
    frontEnd.send('comm_msg', { comm_id: 'panel', data: { action: 'interrupt', id: current } });

    expect((await cell.ended).reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
    expect(first.content.data).toMatchObject({
      clusters: [{ id: current, size: 4, engines: [{ rank: 0 }, {}, {}, {}] }]
    });
    expect(JSON.stringify(first.content.data)).not.toMatch(/token|address/);
  });

  it('survives the end of the client process', async () => {
    await frontEnd.run('%%px\nconst survivor = rank()');
    await frontEnd.run('process.exit(1)');

    expect((await frontEnd.run('%%px --targets 2\nsurvivor')).result).toBe('[2] 2');
  });

  it('is found again by a restarted kernel, with its variables', async () => {
    await frontEnd.run('%%px\nlet mark = Float64Array.of(rank()), step = (x: number) => x + 1;');
    const before = await frontEnd.run('(await Cluster.connect()).id');
    await frontEnd.restart();
    const first = await frontEnd.run('%%px --targets 1\nstep((mark * 2)[0])');
    const after = await frontEnd.run('(await Cluster.connect()).id');

    expect(first.result).toBe('[1] 3');
    expect(after.result).toBe(before.result);
  });
});
