/** `decentlab bench cells --json`, as a process: every figure is measured, and set beside its references. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plans } from '../../kernel-runtime/src/shell/commands/bench/cells.js';
import type { Figure } from '../../kernel-runtime/src/shell/commands/bench/suite.js';
import { root } from '../helpers/project.js';
import { form, SOAK_LIMIT_MS, tell } from './form.js';

interface Report {
  readonly suite: string;
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

/** What the references cannot do at all. */
const ONLY_OURS = /while a cell runs|stop of a busy loop/;

function bench(...options: string[]): { status: number | null; stdout: string; stderr: string } {
  const program = join(root, 'kernel-runtime/bin/decentlab.mjs');
  const args = [program, 'bench', 'cells', '--json', ...options];
  return spawnSync(process.execPath, args, { encoding: 'utf8', cwd: root, timeout: SOAK_LIMIT_MS });
}

describe('decentlab bench cells', () => {
  it('refuses a figure that it does not measure, and starts nothing for it', () => {
    const { status, stdout, stderr } = bench('--only', 'nonsense');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^.*--only nonsense.*part of a figure's name.*\n$/);
  });

  if (form.isLong)
    it('measures all of its figures beside its references', { timeout: SOAK_LIMIT_MS }, () => {
      const { status, stdout, stderr } = bench();
      expect(status, stderr).toBe(0);
      const { suite, figures, notes, versions } = JSON.parse(stdout) as Report;
      expect(suite).toBe('cells');
      expect(figures.map(({ what }) => what)).toEqual(plans.map(({ what }) => what));
      for (const { what, unit, ours, references, reach, met } of figures) {
        tell(`${what}: ${ours.toFixed(1)} ${unit}${reach ? `, aim ${reach}: ${met}` : ''}`);
        expect(ours, what).toBeGreaterThan(0);
        expect(ours, what).toBeLessThan(60_000);
        const isAlone = notes.length > 2 || ONLY_OURS.test(what);
        if (!isAlone) expect(Object.keys(references), what).not.toEqual([]);
      }
      expect(versions).toMatchObject({ decentlab: expect.any(String), node: expect.any(String) });
    });
});
