/** Stop, on a real client process: whatever a cell does, it ends soon and the variables are kept. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AGAIN } from '../helpers/busy-machine.js';

import { ClientProcess } from './client-process.js';

/** The promise of the project is 100 ms; a loaded machine gets some more. */
const LIMIT_MS = 500;

let client: ClientProcess;
beforeAll(async () => {
  client = await ClientProcess.start();
  await client.run('const pause = (ms: number) => new Promise(r => setTimeout(r, ms));');
});
beforeEach(() => client.run('let turns = 0'));
afterAll(() => client.close());

const isReady = ({ output }: { output?: { type: string; text?: string } }): boolean =>
  output?.type === 'stream' && output.text === 'ready\n';

/** Each prints `ready` and would go on for ever. */
const endless: [string, string][] = [
  ['a busy loop', "console.log('ready'); while (true) turns++;"],
  ['a busy loop after an await', "await pause(1); console.log('ready'); while (true) turns++;"],
  [
    'a busy loop in a function',
    "const spin = () => { for (;;) turns++ }; console.log('ready'); spin()"
  ],
  [
    'a chain of promises',
    "const chain = (): Promise<void> => Promise.resolve().then(chain); console.log('ready'); await chain()"
  ],
  ['a cell that waits', "turns = 1; console.log('ready'); await new Promise(() => {})"],
  ['a loop that waits', "console.log('ready'); while (true) { turns++; await pause(1) }"],
  [
    'a busy timer that the cell waits for',
    "await new Promise(() => setTimeout(() => { console.log('ready'); while (true) turns++ }, 1))"
  ],
  [
    'an asynchronous iterator',
    "async function* count() { for (;;) yield turns++ }; console.log('ready'); for await (const _ of count());"
  ],
  [
    'a generator',
    "function* count() { for (;;) yield turns++ }; console.log('ready'); for (const _ of count());"
  ],
  [
    'recursion',
    "const f = (n: number): number => n < 2 ? n : f(n - 1) + f(n - 2); console.log('ready'); f(70)"
  ],
  ['callbacks of a method', "console.log('ready'); for (;;) [3, 1, 2].sort((a, b) => a - b)"],
  [
    'a chain of ticks',
    "console.log('ready'); const f = () => process.nextTick(f); f(); await new Promise(() => {})"
  ],
  ['a getter', "const o = { get x(): number { for (;;) turns++ } }; console.log('ready'); o.x"],
  [
    'a loop that catches errors',
    "console.log('ready'); while (true) try { for (;;) turns++ } catch { turns++ }"
  ],
  [
    'a loop whose finally goes on',
    "console.log('ready'); while (true) try { for (;;) turns++ } catch { continue } finally { continue }"
  ],
  [
    'a waiting loop that catches errors',
    "console.log('ready'); while (true) try { await pause(1) } catch { turns++ }"
  ],
  [
    "a loop inside somebody's AsyncLocalStorage",
    "const { AsyncLocalStorage } = await import('node:async_hooks'); await new AsyncLocalStorage().run(1, async () => { await null; console.log('ready'); while (true) turns++ })"
  ]
];

describe('Stop', () => {
  it.each(endless)('ends %s and keeps the variables', AGAIN, async (_what, source) => {
    const ready = client.next(isReady);
    const { result } = client.start(source);
    await ready;
    const before = performance.now();
    client.interrupt();
    const ended = await result;
    expect(performance.now() - before).toBeLessThan(LIMIT_MS);
    expect(ended).toMatchObject({ status: 'error', error: { name: 'Interrupted' } });
    expect(await client.value('typeof turns')).toBe("'number'");
  });

  it.each([
    ['a loop that waits', 'while (true) { await pause(80); turns++ }'],
    ['a loop that catches errors', 'while (true) try { await pause(80); turns++ } catch {}'],
    [
      'a chain of timers',
      'const step = () => { turns++; setTimeout(step, 80) }; step(); await new Promise(() => {})'
    ],
    ['an interval', 'setInterval(() => { turns++; Math.abs(1) }, 80); await new Promise(() => {})']
  ])(
    'also ends %s that a stopped cell has left behind, though other cells follow',
    async (_, source) => {
      const ready = client.next(isReady);
      const { result } = client.start(`console.log('ready'); ${source}`);
      await ready;
      client.interrupt();
      await result;
      for (let k = 0; k < 3; k++) await client.run('0');
      await client.run('await pause(120); turns = 0');
      expect(await client.value('await pause(250); turns')).toBe('0');
    }
  );

  it('ends a busy timer of an earlier cell', async () => {
    const ready = client.next(isReady);
    const { id, result } = client.start(
      "setInterval(() => { console.log('ready'); while (true) turns++ }, 1); 0"
    );
    await result;
    await ready;
    const told = client.next(({ output }) => output?.type === 'stream' && output.name === 'stderr');
    client.interrupt();
    expect(await told).toMatchObject({ id, output: { text: 'Stopped a background task.\n' } });
    expect(await client.value('await pause(20); 1')).toBe('1');
  });

  it('does nothing to a cell that comes after it', async () => {
    client.interrupt();
    client.interrupt();
    await client.value('await pause(20); 0');
    expect(await client.value('for (let i = 0; i < 1e5; i++) turns++; turns')).toBe('100000');
  });

  it('meets the cell that it has overtaken, and not the one before', async () => {
    const first = client.start("await pause(30); 'kept'");
    client.interrupt(Number(first.id) + 1);
    expect(await first.result).toMatchObject({ status: 'ok' });
    expect(await client.run('while (true) turns++')).toMatchObject({
      error: { name: 'Interrupted' }
    });
    expect(await client.value('turns')).toBe('0');
  });
});

describe('the end of the parent', () => {
  it('ends the process, also while it is busy', async () => {
    const ready = client.next(isReady);
    client.start("console.log('ready'); while (true) turns++").result.catch(() => {});
    await ready;
    (client.child.stdio[3] as Writable).destroy();
    expect(await once(client.child, 'exit')).toEqual([null, 'SIGKILL']);
  });
});
