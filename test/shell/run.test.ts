/** `decentlab run`: scripts anywhere on disk, on real engines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChromeTrace } from '../../kernel-runtime/src/cluster/client/timeline.js';
import { faultsOf } from '../cluster/timeline/trace-rules.js';
import { temporaryFolder } from '../helpers/folder.js';
import { root } from '../helpers/project.js';

const folder = temporaryFolder();
const program = join(root, 'kernel-runtime/bin/decentlab.mjs');
const script = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

script('start.ts', `export const start = (rank: number) => [rank, 1];`);
const average = script(
  'average.ts',
  `import { neighborAllreduce, rank, ringGraph, setTopology, size, vector } from 'decentlab';
import { start } from './start';
setTopology(ringGraph(size()));
let x = vector(start(rank()));
for (let k = 0; k < 60; k++) x = await neighborAllreduce(x + 0 * x);
console.log(\`\${x[0].toFixed(6)} \${process.argv.slice(2).join(' ')}\`);
process.stdout.write('last line');
`
);

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [program, 'run', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ended(child: ChildProcess) {
  const texts = { out: '', err: '' };
  child.stdout?.on('data', (text: Buffer) => (texts.out += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (texts.err += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...texts };
}

/** Resolves with the process ids that the script prints, one a rank. */
async function idsOf(child: ChildProcess, ranks: number): Promise<number[]> {
  let text = '';
  for await (const piece of child.stdout ?? []) {
    text += String(piece);
    const ids = [...text.matchAll(/^\[\d\] (\d+)$/gm)].map(([, id]) => Number(id));
    if (ids.length === ranks) return ids;
  }
  throw new Error(`not ${ranks} process ids: ${text}`);
}

/** Resolves when none of the processes is there any more. */
async function gone(ids: readonly number[]): Promise<void> {
  const isThere = (id: number): boolean => {
    const status = `/proc/${id}/stat`;
    return existsSync(status) && !/\) [ZX] /.test(readFileSync(status, 'latin1'));
  };
  while (ids.some(isThere)) await new Promise(resolve => setTimeout(resolve, 20));
}

describe('decentlab run', () => {
  it('runs a script with local imports, operators and a top-level await; lines carry their rank', async () => {
    const { code, out, err } = await ended(start('-n', '3', average, 'two', '-n', 'words'));
    expect(err).toBe('');
    expect(out.trim().split('\n').sort()).toEqual(
      [0, 1, 2].flatMap(rank => [`[${rank}] 1.000000 two -n words`, `[${rank}] last line`]).sort()
    );
    expect(code).toBe(0);
  });

  it('fails when one rank fails, and shows the line of the script', async () => {
    const path = script(
      'fails.ts',
      `import { rank, barrier } from 'decentlab';\nif (rank() === 1) throw new Error('as asked');\nawait barrier();\n`
    );
    const { code, err } = await ended(start('-n', '2', path));
    expect(err).toMatch(/Engine 1 failed:\nError: as asked\n {4}at fails\.ts:2:\d+/);
    expect(err).toMatch(/Engine 0 failed:/);
    expect(code).toBe(1);
  });

  it.each<[string, string[], string]>([
    [
      'a type error',
      [script('typed.ts', 'console.log("ran");\nconst n: number = "one";')],
      'TS2322'
    ],
    ['a missing file', [join(folder, 'missing.ts')], 'missing.ts'],
    ['no file', ['-n', '2'], 'decentlab run [-n N]'],
    ['no number of engines', ['-n', 'two', average], '-n two'],
    ['zero engines', ['-n', '0', average], 'decentlab run [-n N]'],
    [
      'more engines than the memory holds',
      ['-n', '1000000', average],
      '1000000 engines need about'
    ],
    ['a backend that is none', ['--backend', 'webpgu', average], 'did you mean webgpu?'],
    ['a transport that is none', ['--transport', 'udp', average], '`--transport unix|tcp`'],
    [
      'a device that cannot be chosen',
      ['--devices', 'cuda:0', average],
      'expected auto, cpu, gpu, or some GPUs by their numbers'
    ],
    ['no folder for the timeline', ['--timeline', join(folder, 'no/t.json'), average], '--timeline']
  ])('%s is told, and nothing runs', async (_, args, named) => {
    const { code, out, err } = await ended(start(...args));
    expect(err).toContain(named);
    expect(out).toBe('');
    expect(code).toBe(1);
  });

  it('says of a rank that left by itself with which code, and fails', async () => {
    const path = script(
      'leaves.ts',
      `import { rank, barrier } from 'decentlab';\nif (rank() === 1) process.exit(3);\nawait barrier();\n`
    );
    const { code, err } = await ended(start('-n', '2', path));
    expect(err).toContain('The engine of rank 1 has ended (exit code 3)');
    expect(err).toMatch(/Engine 0 failed:\nDecentLabError: barrier needs rank 1/);
    // A script has no cluster to heal and no cell to run again.
    expect(err).toContain('Mend what has ended that process, and run the script again.');
    expect(err).not.toMatch(/cluster\.|the cell/);
    expect(code).toBe(1);
  });

  it('writes a timeline of all ranks', async () => {
    const path = join(folder, 'timeline.json');
    const { code, err } = await ended(start('-n', '2', '--timeline', path, average));
    expect(err).toContain(path);
    expect(code).toBe(0);
    const trace = JSON.parse(readFileSync(path, 'utf8')) as ChromeTrace;
    rmSync(path);
    expect(faultsOf(trace)).toEqual([]);
    expect(new Set(trace.traceEvents.map(({ pid }) => pid))).toEqual(new Set([0, 1]));
  });

  it('computes with the backend that is asked for', async () => {
    const path = script(
      'backend.ts',
      `import * as tf from '@tensorflow/tfjs';\nconsole.log(tf.getBackend());\n`
    );
    const { out } = await ended(start('-n', '1', '--backend', 'cpu', '--devices', 'cpu', path));
    expect(out).toBe('[0] cpu\n');
  });

  const busy = script('busy.ts', 'console.log(process.pid);\nfor (;;);\n');

  it('Ctrl-C ends engines in endless loops, with the exit code of Ctrl-C', async () => {
    const child = start('-n', '2', busy);
    const ids = await idsOf(child, 2);
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(130);
    await gone(ids);
  });

  it('engines end by themselves when their command is killed', async () => {
    const child = start('-n', '2', busy);
    const ids = await idsOf(child, 2);
    child.kill('SIGKILL');
    await gone(ids);
  });

  it('leaves no file behind', () => {
    expect(readdirSync(folder).filter(name => !name.endsWith('.ts'))).toEqual([]);
  });
});
