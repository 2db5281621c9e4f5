/** `decentlab bench train`: what is asked for is measured, what cannot be measured is said. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../kernel-runtime/src/shell/commands/bench/suite.js';
import { root } from '../helpers/project.js';

const program = join(root, 'kernel-runtime/bin/decentlab.mjs');
const bench = (...options: string[]): { figures: Figure[]; notes: string[] } => {
  const args = [program, 'bench', 'train', '--json', ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as { figures: Figure[]; notes: string[] };
};

describe('decentlab bench train', () => {
  it('measures one figure alone, without starting anything else', () => {
    const { figures, notes } = bench('--only', 'images of CIFAR-10');
    expect(figures.map(({ what }) => what)).toEqual([
      '32 images of CIFAR-10, cropped and mirrored, one thread'
    ]);
    expect(figures[0].ours).toBeGreaterThan(0);
    expect(notes).toEqual([]);
  });
});
