/** Jupyter's own tools on the kernel: the conformity suite, and a notebook with injected parameters. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runPython, venvPython } from '../../helpers/venv.js';

const SLOW_MS = 60_000;
const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));

interface Outcome {
  readonly test: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly detail: string;
}

describe.skipIf(venvPython() === null)('with the virtual environment,', () => {
  it(
    "jupyter_kernel_test's suite passes, but for the pager that we do not have",
    async () => {
      const printed = await runPython(program('./conformity.py'));
      const outcomes = printed
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as Outcome);

      expect(
        outcomes.filter(({ outcome }) => outcome !== 'passed').map(({ test }) => test)
      ).toEqual(['test_pager']);
      expect(outcomes.length).toBeGreaterThanOrEqual(13);
    },
    SLOW_MS
  );

  it(
    'nbclient runs a notebook, and injected parameters replace the defaults',
    async () => {
      const cells = [
        ['let nodes = 4; let name = "ring"', ['parameters']],
        ['function describe() { return `${name} of ${nodes}` }', []],
        ['console.log("before"); describe()', []]
      ];
      const printed = await runPython(program('./execute-notebook.py'), [
        JSON.stringify([cells, { nodes: 8 }])
      ]);
      const outputs = JSON.parse(printed) as { text?: string; data?: Record<string, string> }[][];

      expect(outputs.at(-1)?.[0]).toMatchObject({ output_type: 'stream', text: 'before\n' });
      expect(outputs.at(-1)?.[1]?.data?.['text/plain']).toBe("'ring of 8'");
    },
    SLOW_MS
  );
});
