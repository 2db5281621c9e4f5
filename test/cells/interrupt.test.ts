/** Stop, on a real client process: whatever a cell does, it ends soon and the variables are kept. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ClientProcess } from './client-process.js';

/** The promise of the project is 100 ms; a loaded machine gets some more. */
const LIMIT_MS = 500;

let client: ClientProcess;
beforeEach(async () => {
  client = await ClientProcess.start();
  await client.run(
    'let turns = 0; const pause = (ms: number) => new Promise(r => setTimeout(r, ms));'
  );
});
afterEach(() => client.close());

const isReady = ({ output }: { output?: { type: string; text?: string } }): boolean =>
  output?.type === 'stream' && output.text === 'ready\n';

describe('Stop', () => {
  it.each([
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
      'a loop that catches errors',
      "console.log('ready'); while (true) try { for (;;) turns++ } catch { turns++ }"
    ]
  ])('ends %s and keeps the variables', async (what, source) => {
    const ready = client.next(isReady);
    const { result } = client.start(source);
    await ready;
    const before = performance.now();
    client.interrupt();
    const ended = await result;
    expect(performance.now() - before).toBeLessThan(LIMIT_MS);
    expect(ended).toMatchObject({ status: 'error', error: { name: 'Interrupted' } });
    expect(await client.value('typeof turns')).toBe("'number'");
    if (what !== 'a chain of promises') return;
    expect(await client.value('turns')).toBe('0');
  });

  it('also ends the loop that a stopped cell left behind, at its next turn', async () => {
    const ready = client.next(isReady);
    const { result } = client.start(
      "console.log('ready'); while (true) { await pause(80); turns++ }"
    );
    await ready;
    client.interrupt();
    await result;
    expect(await client.value('await pause(250); turns < 2')).toBe('true');
  });

  it('ends a busy timer of an earlier cell', async () => {
    const ready = client.next(isReady);
    await client.run("setTimeout(() => { console.log('ready'); while (true) turns++ }, 1); 0");
    await ready;
    const told = client.next(({ output }) => output?.type === 'stream' && output.name === 'stderr');
    client.interrupt();
    expect((await told).output).toMatchObject({ text: 'Stopped a background task.\n' });
    expect(await client.value('1')).toBe('1');
  });

  it('does nothing to a cell that comes after it', async () => {
    client.interrupt();
    await client.value('await pause(20); 0').catch(() => {});
    expect(await client.value('for (let i = 0; i < 1e5; i++) turns++; turns')).toBe('100000');
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
