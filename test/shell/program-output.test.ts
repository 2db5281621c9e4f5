/** Programs whose output is a measurement: one that hangs is given up, also where a program of its own holds its pipes. */
import { describe, expect, it } from 'vitest';
import { outputOf } from '../../kernel-runtime/src/shell/commands/bench/exchange/program.js';

describe.runIf(process.platform !== 'win32')(
  'A program that is measured',
  { timeout: 10_000 },
  () => {
    it('is what it prints', async () => {
      expect(await outputOf(['sh', '-c', 'echo 12'])).toBe('12\n');
    });

    it.each([
      ['by itself', 'sleep 30'],
      ['with a program of its own that lives on', 'sleep 30 & wait']
    ])('is given up where it hangs %s', async (_, script) => {
      const output = outputOf(['sh', '-c', script], { limitMs: 200 });
      await expect(output).rejects.toThrow('sh ended with signal SIGKILL');
    });

    it('fails with the end of what it said', async () => {
      const output = outputOf(['sh', '-c', 'echo no room >&2; exit 3']);
      await expect(output).rejects.toThrow('no room\nsh ended with exit code 3');
    });
  }
);
