/** How the steps of the set-up run: what is done is skipped, what fails ends in one sentence. */
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runSteps, type Step } from '../../kernel-runtime/bin/bootstrap/steps.mjs';
import { explainFailure, SetupStop } from '../../kernel-runtime/bin/bootstrap/stop.mjs';

const step = (changes: Partial<Step>): Step => ({
  name: 'Step',
  remedy: 'do it by hand.',
  isDone: () => false,
  run: async () => {},
  ...changes
});

async function run(steps: Step[], isTTY = false): Promise<{ worked: number; printed: string }> {
  let printed = '';
  const write = (chunk: Buffer, _: string, done: () => void): void => {
    printed += chunk.toString();
    done();
  };
  const terminal = Object.assign(new Writable({ write }), { isTTY, columns: 60 });
  const worked = await runSteps(steps, terminal as unknown as NodeJS.WriteStream);
  return { worked, printed };
}

describe('The steps', () => {
  it('run in order, each with one line at its end', async () => {
    const { worked, printed } = await run([step({ name: 'One' }), step({ name: 'Two' })]);
    expect(worked).toBe(2);
    expect(printed).toMatch(/^… One\n✓ One \(\d+\.\d s\)\n… Two\n✓ Two \(\d+\.\d s\)\n$/);
  });

  it('are silent when they are done already', async () => {
    const never = step({ isDone: () => true, run: () => Promise.reject(new Error('ran')) });
    expect(await run([never])).toEqual({ worked: 0, printed: '' });
  });

  it('show on a terminal what they are doing, cut to its width', async () => {
    const talks = step({ run: async show => show('x'.repeat(200)) });
    const { printed } = await run([talks], true);
    expect(printed).toContain(`… Step: ${'x'.repeat(51)}\r`);
  });

  it('stop at the first that fails, with its cause and its remedy', async () => {
    const fails = step({ run: () => Promise.reject(new Error('no luck\n  at line 1')) });
    const later = step({ run: () => Promise.reject(new Error('ran')) });
    await expect(run([fails, later])).rejects.toThrow(
      new SetupStop('Step failed (no luck): do it by hand.')
    );
  });

  it('pass on a sentence that is one already', async () => {
    const stop = new SetupStop('The disk is full: free some.');
    await expect(run([step({ run: () => Promise.reject(stop) })])).rejects.toBe(stop);
  });
});

describe('A failed command', () => {
  it.each([
    ['npm error code ENOSPC', 'the disk is full'],
    ['OSError: [Errno 28] No space left on device', 'the disk is full'],
    ['npm error code ECONNREFUSED', 'the network did not answer'],
    ['npm error getaddrinfo EAI_AGAIN registry', 'the network did not answer'],
    [
      'Failed to establish a new connection: [Errno 111] Connection refused',
      'the network did not answer'
    ],
    ['error TS2322: Type', 'setup.log say why']
  ])('that says "%s" is explained: %s', (log, cause) => {
    const stop = explainFailure({ what: 'It failed', log, logFile: '/somewhere/setup.log' });
    expect(stop.message).toMatch(/^It failed.*(then try again)\.$/);
    expect(stop.message).toContain(cause);
    expect(stop.message).not.toContain('\n');
  });
});
