/** What `decentlab bench` prints: a table for people, or one object for programs. */
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Figure, Measured } from './suite.js';

/** What the figures depend on. */
export interface Machine {
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  /** In GiB. */
  readonly memory: number;
  /** Processes that wanted to run, averaged over the last minute. */
  readonly load: number;
}

const GIB = 2 ** 30;

/** This machine as it is now. */
export function thisMachine(): Machine {
  const processors = cpus();
  return {
    system: `${type()} ${release()} ${arch()}`,
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: Number((totalmem() / GIB).toFixed(1)),
    load: Number(loadavg()[0].toFixed(2))
  };
}

/** The figures as a table: ours, each reference with its ratio to ours, and whether the aim is reached. */
export function toTable({ figures, notes, versions = {} }: Measured): string {
  const names = [...new Set(figures.flatMap(figure => Object.keys(figure.references)))];
  const head = ['', 'ours', ...names, 'aim', ''];
  const rows = figures.map(figure => toRow(figure, names));
  const lines = [
    ...align([head, ...rows]),
    '',
    ...targetLines(figures),
    ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
    ...notes.map(note => `Not measured: ${note}`)
  ];
  return lines.join('\n').trimEnd();
}

function toRow({ what, unit, ours, references, reach, met }: Figure, names: string[]): string[] {
  const cells = names.map(name => {
    const value = references[name];
    return value === undefined ? '–' : `${short(value)} (${short(value / ours)}x)`;
  });
  const mark = met === undefined ? '' : met ? '✓' : '✗';
  return [what, `${short(ours)} ${unit}`, ...cells, reach ?? '', mark];
}

/** Ours by what it is measured against, with the ratio to reach and the ratio to aim for. */
function targetLines(figures: readonly Figure[]): string[] {
  const rows = figures.flatMap(({ what, targets = [] }) =>
    targets.map(({ ours, against, ratio, reach, aim, isReached, isAimReached, least }) => {
      const mark = isAimReached ? '✓ aim' : isReached ? '✓' : '✗';
      const limit = least === undefined ? '' : `not below ${short(least)}x`;
      return [
        what,
        `${ours} / ${against}`,
        `${short(ratio)}x`,
        `${reach}x`,
        `${aim}x`,
        mark,
        limit
      ];
    })
  );
  if (rows.length === 0) return [];
  return [...align([['', 'against', 'ratio', 'reach', 'aim', '', ''], ...rows]), ''];
}

/** Three digits are as many as a measurement of time is good for. */
function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(value >= 10 ? 3 : 2);
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, k) => Math.max(...rows.map(row => row[k].length)));
  return rows.map(row =>
    row
      .map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k])))
      .join('  ')
      .trimEnd()
  );
}
