/** MPI beside ours: a small C program, compiled into a cache folder, over shared memory and over TCP. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../package.js';
import { benchFolder, type Reference } from '../references.js';
import type { Contender } from './contender.js';
import { floatsOf, OPERATIONS, readTimes, type Job, type Operation } from './job.js';
import { outputOf } from './program.js';

const SOURCE = join(packageRoot, 'assets', 'bench', 'exchange.c');
/** Open MPI's transports: its own shared memory (`vader` before version 5, `sm` since), or loopback TCP. */
const TRANSPORTS = {
  'MPI, shared memory': (version: number) => [
    '--mca',
    'btl',
    `self,${version < 5 ? 'vader' : 'sm'}`
  ],
  'MPI, TCP': () => ['--mca', 'btl', 'self,tcp', '--mca', 'btl_tcp_if_include', 'lo']
} as const;

/** MPI over both transports, or why it is not there. */
export async function mpiContenders(): Promise<Reference<Contender[]>> {
  const said = await outputOf(['mpirun', '--version']).catch(() => undefined);
  if (said === undefined) return { missing: 'MPI: there is no mpirun on the PATH' };
  const version = /\(Open MPI\) (\S+)/.exec(said)?.[1];
  if (version === undefined) return { missing: 'MPI: this mpirun is not Open MPI’s' };
  try {
    const program = await compiled(version);
    const found = Object.entries(TRANSPORTS).map(([name, flags]) =>
      contender(name, program, flags(parseInt(version)))
    );
    return { found, versions: { 'Open MPI': version } };
  } catch (error) {
    return { missing: `MPI: its C program was not compiled (${(error as Error).message})` };
  }
}

/** The program, compiled once for each version of its source and of Open MPI. */
async function compiled(version: string): Promise<string> {
  const source = readFileSync(SOURCE);
  const digest = createHash('sha256').update(source).update(version).digest('hex').slice(0, 12);
  const program = join(benchFolder(), `exchange-${digest}`);
  if (existsSync(program)) return program;
  const partial = `${program}.${process.pid}.partial`;
  await outputOf(['mpicc', '-O3', '-march=native', '-std=c11', SOURCE, '-lm', '-o', partial]);
  renameSync(partial, program);
  return program;
}

function contender(name: string, program: string, transport: readonly string[]): Contender {
  return {
    name,
    operations: Object.keys(OPERATIONS) as Operation[],
    async measure(ranks, jobs) {
      const isRoot = process.getuid?.() === 0;
      return readTimes(
        await outputOf([
          'mpirun',
          ...(isRoot ? ['--allow-run-as-root'] : []),
          ...['--oversubscribe', '--mca', 'pml', 'ob1', ...transport],
          ...['-n', String(ranks), program, ...jobs.flatMap(wordsOf)]
        ])
      );
    }
  };
}

/** A job as the comparators read it. */
export function wordsOf({ operation, bytes, batch, warmUps, batches }: Job): string[] {
  return [operation, ...[floatsOf(bytes), batch, warmUps, batches].map(String)];
}
