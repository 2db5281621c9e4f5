/** Client cells through the real kernel: what runs, what is shown, and what an error says. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGAIN } from '../../helpers/busy-machine.js';
import { FrontEnd } from '../../helpers/front-end.js';

let frontEnd: FrontEnd;
beforeAll(async () => {
  frontEnd = await FrontEnd.start();
});
afterAll(() => frontEnd.close());

const dataOf = (output: { content: { data?: Record<string, unknown> } } | undefined) =>
  output?.content.data;

describe('a cell', () => {
  it.each([
    ['awaits at its top level', ['await Promise.resolve(6) * 7'], '42'],
    [
      'has one home for each variable',
      ['let g = .1; function step() { return g }', 'g = .01; [g, step()]'],
      '[ 0.01, 0.01 ]'
    ],
    ['may declare a constant again', ['const c = 1', 'const c = 2; c'], '2'],
    [
      'reads vectors like an equation',
      ['const v = new Float64Array([1, 2]); const w = v + 2 * v', '[...w]'],
      '[ 3, 6 ]'
    ],
    ['shows nothing for undefined', ['undefined'], undefined],
    [
      'takes injected parameters that shadow the defaults',
      ['let nodes = 4', '// Parameters\nnodes = 8', 'nodes'],
      '8'
    ]
  ])('%s', async (_title, cells, expected) => {
    let last = await frontEnd.run('0');
    for (const cell of cells) last = await frontEnd.run(cell);

    expect(last.reply).toMatchObject({ status: 'ok' });
    expect(last.result).toBe(expected);
  });

  it('imports a local file beside the notebook', async () => {
    writeFileSync(join(frontEnd.cwd, 'beside.ts'), 'export const answer: number = 42;\n');
    const { result } = await frontEnd.run("import { answer } from './beside';\nanswer");

    expect(result).toBe('42');
  });

  it('publishes its input, is busy before and idle after its outputs', async () => {
    const { id } = await frontEnd.run('console.log("a"); 1');
    const own = frontEnd.published.filter(({ parent }) => parent === id);

    expect(own.map(({ type, content }) => content['execution_state'] ?? type)).toEqual([
      'busy',
      'execute_input',
      'stream',
      'execute_result',
      'idle'
    ]);
  });

  it('that is silent publishes no outputs and does not count', async () => {
    const before = (await frontEnd.run('0')).reply['execution_count'];
    const { outputs, reply } = await frontEnd.run('console.log("quiet"); 1', { silent: true });

    expect(outputs).toEqual([]);
    expect(reply).toMatchObject({ status: 'ok', execution_count: before });
  });

  it('answers user expressions, wrong ones too', async () => {
    const expressions = { sum: '1 + 2', wrong: 'nowhere' };
    const { reply } = await frontEnd.run('0', { user_expressions: expressions });

    expect(reply['user_expressions']).toMatchObject({
      sum: { status: 'ok', data: { 'text/plain': '3' } },
      wrong: { status: 'error' }
    });
  });
});

describe('an error', () => {
  it('of types names line and column, and the cell does not run', async () => {
    const { reply, stdout } = await frontEnd.run('console.log("ran");\nconst x: number = "a";');

    expect(reply).toMatchObject({ status: 'error', evalue: expect.stringContaining("'string'") });
    expect(String((reply['traceback'] as string[])[0])).toMatch(/cell \d+:2:7/);
    expect(stdout).toBe('');
  });

  it("at run time shows the cell's own line", async () => {
    const { reply } = await frontEnd.run(
      'function f(): never {\n  throw new RangeError("too far");\n}\nf()'
    );

    expect(reply).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'too far' });
    expect((reply['traceback'] as string[]).join('\n')).toMatch(
      /cell \d+:2:9[\s\S]*throw new RangeError/
    );
  });

  it('aborts the cells that wait behind it, and only those', async () => {
    const cells = ['throw new Error("first")', '"second"', '"third"'].map(
      code => frontEnd.begin(code).ended
    );
    const ended = await Promise.all(cells);
    const next = await frontEnd.run('"fourth"');

    expect(ended.map(({ reply }) => reply['status'])).toEqual(['error', 'aborted', 'aborted']);
    expect(next.reply).toMatchObject({ status: 'ok' });
  });

  it('lets the waiting cells run if stop_on_error is off', async () => {
    const failing = frontEnd.begin('throw new Error("first")', { stop_on_error: false });
    const second = await frontEnd.begin('"second"').ended;

    expect((await failing.ended).reply).toMatchObject({ status: 'error' });
    expect(second.reply).toMatchObject({ status: 'ok' });
  });

  it.each([
    ['a dropped promise', 'void Promise.reject(new Error("dropped"))', /dropped/],
    ['a timer', 'void setTimeout(() => { throw new Error("from a timer") })', /from a timer/]
  ])('in %s goes to stderr and the variables live', async (_title, code, expected) => {
    await frontEnd.run('const kept = 7');
    const { id } = frontEnd.begin(code);
    const printed = await frontEnd.next(
      ({ parent, content }) => parent === id && content['name'] === 'stderr'
    );
    const { result } = await frontEnd.run('kept');

    expect(printed.content['text']).toMatch(expected);
    expect(result).toBe('7');
  });

  it.each([
    ['process.exit(3)', /exit code 3/],
    ['process.kill(process.pid, "SIGKILL"); await new Promise(() => {})', /signal SIGKILL/]
  ])('after `%s` says that the variables are gone, and the kernel lives', async (code, cause) => {
    await frontEnd.run('const lost = 1');
    const { reply } = await frontEnd.run(code);
    const after = await frontEnd.run('1 + 1');
    const gone = await frontEnd.run('lost');

    expect(reply).toMatchObject({ status: 'error', evalue: expect.stringMatching(cause) });
    expect(reply['evalue']).toMatch(/variables of all cells are gone/);
    expect(after.result).toBe('2');
    expect(gone.reply).toMatchObject({
      status: 'error',
      evalue: expect.stringContaining("Cannot find name 'lost'")
    });
  });
});

describe('output', () => {
  it('of 20,000 lines comes in order, in at most 20 messages, before idle', async () => {
    const { stdout, outputs } = await frontEnd.run(
      'for (let i = 0; i < 20000; i++) console.log(i)'
    );

    expect(stdout).toBe(Array.from({ length: 20000 }, (_, i) => `${i}\n`).join(''));
    expect(outputs.length).toBeLessThanOrEqual(20);
  });

  it('keeps the order of streams and displays', async () => {
    const code =
      'console.log("a"); console.error("b"); display({ "text/html": "<b>c</b>" }); console.log("d")';
    const { outputs } = await frontEnd.run(code);

    expect(outputs.map(({ type, content }) => content['name'] ?? type)).toEqual([
      'stdout',
      'stderr',
      'display_data',
      'stdout'
    ]);
  });

  it('that is late belongs to its own cell', async () => {
    const { id } = await frontEnd.run('void setTimeout(() => console.log("late"), 150)');
    const late = frontEnd.next(({ type }) => type === 'stream');
    await frontEnd.run('"another cell"');

    expect(await late).toMatchObject({ parent: id, content: { text: 'late\n' } });
  });

  it('of a value with Symbol.for("Jupyter.display") is what it returns', async () => {
    const { outputs } = await frontEnd.run(
      '({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<i>x</i>", "text/plain": "x" }) })'
    );

    expect(dataOf(outputs[0])).toEqual({ 'text/html': '<i>x</i>', 'text/plain': 'x' });
  });

  it('is updated at most four times a second, and the last picture is always sent', async () => {
    const { outputs } = await frontEnd.run(`
      const shown = display({ 'text/plain': 'step 0' }, { displayId: 'progress' });
      for (let k = 1; k <= 100; k++) {
        display({ 'text/plain': 'step ' + k }, { displayId: 'progress', update: true });
        await new Promise(resolve => setTimeout(resolve, 5));
      }
      shown;`);
    const first = outputs.find(({ type }) => type === 'display_data');
    const updates = outputs.filter(({ type }) => type === 'update_display_data');

    expect(first?.content['transient']).toEqual({ display_id: 'progress' });
    expect(dataOf(updates.at(-1))).toEqual({ 'text/plain': 'step 100' });
    expect(updates.length).toBeGreaterThan(1);
    expect(updates.length).toBeLessThanOrEqual(6);
  });
});

describe('Stop', () => {
  it.each([
    ['a busy loop', 'display("on"); while (true) {}'],
    ['a busy loop after an await', 'await Promise.resolve(); display("on"); while (true) {}'],
    ['an await', 'display("on"); await new Promise(() => {})']
  ])('ends %s within a second and keeps the variables', AGAIN, async (_title, code) => {
    await frontEnd.run('const kept = 7');
    const cell = frontEnd.begin(code);
    await frontEnd.next(({ parent, type }) => parent === cell.id && type === 'display_data');
    const started = performance.now();
    await frontEnd.interrupt();
    const { reply } = await cell.ended;
    const elapsed = performance.now() - started;

    expect(reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
    expect(elapsed).toBeLessThan(1000);
    expect((await frontEnd.run('kept')).result).toBe('7');
  });

  it('pressed twice ends a cell that cannot look at the flag, and says that variables are gone', async () => {
    const cell = frontEnd.begin(
      'display("on"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4) as never), 0, 0)'
    );
    await frontEnd.next(({ parent, type }) => parent === cell.id && type === 'display_data');
    await frontEnd.interrupt();
    await frontEnd.interrupt();

    expect((await cell.ended).reply['evalue']).toMatch(
      /second Stop.*variables of all cells are gone/
    );
    expect((await frontEnd.run('2')).result).toBe('2');
  });

  it('lets completion answer while a cell runs', async () => {
    const cell = frontEnd.begin('display("on"); while (true) {}');
    await frontEnd.next(({ parent, type }) => parent === cell.id && type === 'display_data');
    const reply = await frontEnd.request('complete_request', { code: 'Math.flo', cursor_pos: 8 });
    await frontEnd.interrupt();

    expect(reply['matches']).toContain('floor');
    expect((await cell.ended).reply).toMatchObject({ status: 'error' });
  });
});
