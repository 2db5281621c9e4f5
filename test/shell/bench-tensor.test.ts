/** `decentlab bench tensor --json`: each contender by its own name, and a note for each that is not set up. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../kernel-runtime/src/shell/commands/bench/suite.js';
import { root } from '../helpers/project.js';
import { addonFile } from '../helpers/torch.js';

const program = join(root, 'kernel-runtime/bin/decentlab.mjs');
const bench = (...options: string[]): { figures: Figure[]; notes: string[] } => {
  const args = [program, 'bench', 'tensor', '--json', ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as { figures: Figure[]; notes: string[] };
};

describe('decentlab bench tensor', () => {
  it('measures an addition on wasm, beside what TensorFlow.js alone takes', () => {
    const { figures, notes } = bench(
      '--only',
      'add',
      '--rounds',
      '1',
      '--python',
      process.execPath
    );
    expect(figures.map(({ what, unit }) => [what, unit])).toEqual([['add, 10 numbers', 'µs']]);
    const { references } = figures[0];
    expect(references['tfjs alone']).toBeGreaterThan(0);
    expect(references['tfjs, wasm']).toBeGreaterThan(references['tfjs alone']);
    // Node is no Python.
    expect(notes.some(note => note.startsWith('Python torch ('))).toBe(true);
    expect(references['Python torch']).toBeUndefined();
  });

  it('compares PyTorch from Node and from Python, each by its name', context => {
    if (addonFile === undefined) context.skip('no PyTorch here: `npm run setup:torch`');
    const { figures } = bench('--only', 'add', '--rounds', '1');
    const [{ ours, references, targets = [] }] = figures;
    expect(ours).toBeGreaterThan(0);
    expect(Object.keys(references)).toEqual(
      expect.arrayContaining(['Python torch', 'tfjs, torch', 'tfjs alone'])
    );
    expect(targets.map(({ ours, against }) => [ours, against])).toEqual([
      ['ours', 'Python torch'],
      ['tfjs, torch', 'Python torch']
    ]);
    expect(targets[0].ratio).toBeCloseTo(ours / references['Python torch'], 6);
    const least = 1 + references['tfjs alone'] / references['Python torch'];
    expect(targets.map(target => target.least)).toEqual([undefined, least]);
  });
});
