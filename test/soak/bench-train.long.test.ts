/** `decentlab bench train`, the parts that compute for a while: a step on a backend, and a step on engines. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../kernel-runtime/src/shell/commands/bench/suite.js';
import { root } from '../helpers/project.js';
import { SOAK_LIMIT_MS } from './form.js';

const program = join(root, 'kernel-runtime/bin/decentlab.mjs');
const bench = (...options: string[]): { figures: Figure[]; notes: string[] } => {
  const args = [program, 'bench', 'train', '--json', ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as { figures: Figure[]; notes: string[] };
};

describe('decentlab bench train', { timeout: SOAK_LIMIT_MS }, () => {
  it('measures a step on wasm, and says that a Python without torch has none', () => {
    const options = ['--only', 'batch 8, wasm', '--rounds', '1', '--python', process.execPath];
    const { figures, notes } = bench(...options);
    expect(figures.map(({ what }) => what)).toEqual(['ResNet-20 step, batch 8, wasm']);
    expect(figures[0].ours).toBeGreaterThan(0);
    expect(notes.find(note => note.startsWith('Python torch: '))).toMatch(/has none; .*--python/);
  });

  it('measures a step on two engines, its gradient and its exchange, alone and overlapped', () => {
    const { figures } = bench('--only', 'ring of 2', '--nodes', '2');
    expect(figures.map(({ what }) => what.split(',')[0])).toEqual([
      'DecentLaM step',
      'its gradient alone',
      'its exchange alone',
      'SGD step',
      'SGD step',
      'part of the step that its exchange alone is'
    ]);
    const [step, gradient, exchange, after, beside, share] = figures.map(({ ours }) => ours);
    for (const part of [gradient, exchange, after, beside]) expect(part).toBeGreaterThan(0);
    expect(step).toBeGreaterThan(exchange);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(100);
  });
});
