/** The figures of `decentlab bench`: medians, aims, and the table that shows them. */
import { describe, expect, it } from 'vitest';
import { suite as collectives } from '../../kernel-runtime/src/shell/commands/bench/collectives.js';
import type { Figure } from '../../kernel-runtime/src/shell/commands/bench/suite.js';
import { Contenders } from '../../kernel-runtime/src/shell/commands/bench/contenders.js';
import { toTable } from '../../kernel-runtime/src/shell/commands/bench/report.js';
import { median, toFigure } from '../../kernel-runtime/src/shell/commands/bench/statistics.js';

describe('The median', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
    [[], NaN]
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe('A figure', () => {
  const samples = { what: 'a cell', unit: 'ms' as const, atMost: 2 };

  it('holds medians and ranges of what was measured, and leaves out what was not', () => {
    const values = { ours: [1, 3, 2], ipykernel: [4, 4.5], Deno: [] };
    expect(toFigure({ ...samples, values })).toEqual({
      ...{ what: 'a cell', unit: 'ms', ours: 2, references: { ipykernel: 4.25 } },
      ranges: { ours: [1, 3], ipykernel: [4, 4.5] },
      ...{ reach: '<= 2 ms', met: true }
    });
  });

  it('misses its aim by the median, and where nothing was measured', () => {
    expect(toFigure({ ...samples, values: { ours: [1, 2.1, 3] } }).met).toBe(false);
    expect(toFigure({ ...samples, values: { ours: [] } }).met).toBe(false);
  });
});

describe('The headline of the collectives', () => {
  it.each([
    [undefined, 'Exchanges of 2, 4 and 8 engines'],
    [[4], 'Exchanges of 4 engines'],
    [[2, 64], 'Exchanges of 2 and 64 engines']
  ])('names the engines of --nodes %j', (nodes, words) => {
    expect(collectives.headline?.({ progress: () => undefined, nodes })).toContain(words);
  });
});

describe('The table', () => {
  const figures: Figure[] = [
    { what: 'start', unit: 'ms', ours: 50, references: { tslab: 200 }, reach: '<= 60 ms' },
    { what: 'memory', unit: 'MB', ours: 250, references: { Deno: 125 }, met: false }
  ];
  const table = toTable({ figures, notes: ['tslab: no network'], versions: { Deno: '2.9.6' } });

  it('sets every reference beside ours with its ratio', () => {
    expect(table).toMatch(/^ +ours +tslab +Deno +aim$/m);
    expect(table).toMatch(/^start +50\.0 ms +200 \(4\.0x\) +– +<= 60 ms$/m);
    expect(table).toMatch(/^memory +250 MB +– +125 \(0\.50x\) +✗$/m);
  });

  it('ends with versions and with what was not measured', () => {
    expect(table).toMatch(/Deno 2\.9\.6\nNot measured: tslab: no network$/);
  });
});

describe('A reference', () => {
  it('that fails is left out from then on with its reason, and the others go on', async () => {
    const [notes, told, measured]: string[][] = [[], [], []];
    const all = ['ours', 'tslab', 'ipykernel'].map(name => ({ name }));
    const contenders = new Contenders(all, notes, { progress: line => told.push(line) });
    for (let k = 0; k < 3; k++)
      await contenders.inTurns(`round ${k}`, ({ name }) => {
        measured.push(`${name} ${k}`);
        return name === 'tslab' && k === 1
          ? Promise.reject(new Error('it has not answered for 15 s'))
          : Promise.resolve();
      });
    expect(measured.filter(line => line.startsWith('tslab'))).toEqual(['tslab 0', 'tslab 1']);
    expect(measured.filter(line => !line.startsWith('tslab'))).toHaveLength(6);
    const note = 'tslab was left out from here on; round 1: it has not answered for 15 s';
    expect([notes, told]).toEqual([[note], [note]]);
  });

  it('is no excuse for ours', async () => {
    const contenders = new Contenders([{ name: 'ours' }], [], { progress: () => undefined });
    const measure = (): Promise<void> => Promise.reject(new Error('ours has ended'));
    await expect(contenders.inTurns('round 0', measure)).rejects.toThrow('ours has ended');
  });
});
