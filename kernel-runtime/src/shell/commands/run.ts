/** `decentlab run`: a TypeScript file on n engines, as `bfrun` and `mpirun` do it. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import type { CompiledScript } from '../../cells/compiler/types.js';
import { Cluster, type StartOptions } from '../../cluster/client/cluster.js';
import { TRANSPORTS, type Transport } from '../../cluster/protocol/settings.js';
import { describeRanks, groupErrors, type RankError } from '../../cluster/client/cluster-error.js';
import type { CellResult, CompiledCell } from '../../cluster/protocol/cell.js';
import { compileInThread } from './compile-in-thread.js';
import { readArguments, wholeNumber } from './arguments.js';
import type { Command } from './command.js';
import { RankLines } from './rank-lines.js';
import { DecentLabError, forScripts } from '../../errors.js';

const USAGE =
  'decentlab run [-n N] [--transport unix|tcp] [--timeline FILE.json] [--backend auto|tensorflow|torch|webgpu|wasm|cpu] [--devices auto|cpu|gpu|gpu:0,2] [--ignore-memory] SCRIPT.ts [arguments of the script]';
const FLAGS = {
  engines: { type: 'string', short: 'n' },
  transport: { type: 'string' },
  timeline: { type: 'string' },
  backend: { type: 'string' },
  devices: { type: 'string' },
  'ignore-memory': { type: 'boolean' }
} as const;
const DEFAULT_ENGINES = 4;
const FAILED = 1;
/** What a shell expects of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;
/** Should this process be killed, its engines end soon after. */
const IDLE_LIMIT_MS = 5000;
/** How long engines that are interrupted may take to hand over their timelines. */
const HAND_OVER_MS = 2000;

export const run: Command = {
  name: 'run',
  summary: 'Runs a TypeScript file on several engines; their output is labelled by rank.',
  usage: USAGE,
  async run(args) {
    const { path, rest, timeline, start } = scriptOf(args);
    const interrupted = controlC();
    const [cluster, compiled] = await Promise.all([
      Cluster.start({ ...start, name: null, cwd: dirname(path), idleLimit: IDLE_LIMIT_MS }),
      compileInThread(path)
    ]);
    try {
      if (compiled.status === 'error') {
        console.error(compiled.error.traceback.join('\n'));
        return FAILED;
      }
      if (timeline !== undefined) await cluster.recordTimeline();
      const results = execute(cluster, toCell(compiled.script, [path, ...rest]));
      const ended = await Promise.race([results, interrupted]);
      const code = ended === undefined ? INTERRUPTED : report(ended);
      if (timeline === undefined) return code;
      if (ended === undefined) await cluster.interrupt();
      const isSaved = await Promise.race([save(cluster, timeline), wait(HAND_OVER_MS, !ended)]);
      return isSaved || code !== 0 ? code : FAILED;
    } finally {
      await cluster.stop();
    }
  }
};

interface ScriptArguments {
  start: Pick<StartOptions, 'engines' | 'backend' | 'devices' | 'ignoreMemory'>;
  path: string;
  /** Everything after the script's name is the script's. */
  rest: readonly string[];
  /** Where the timeline is written. */
  timeline?: string;
}

function scriptOf(args: readonly string[]): ScriptArguments {
  const at = args.findIndex((arg, k) => !arg.startsWith('-') && !takesValue(args[k - 1]));
  const own = at < 0 ? args : args.slice(0, at);
  const { values } = readArguments(own, FLAGS, USAGE);
  const engines = wholeNumber(values.engines, '-n') ?? DEFAULT_ENGINES;
  if (at >= 0 && engines >= 1) {
    const ignoreMemory = values['ignore-memory'] === true;
    const { transport, backend, devices } = values;
    const link = transport === undefined ? {} : { link: { transport: transportNamed(transport) } };
    return {
      ...{ path: resolve(args[at]), rest: args.slice(at + 1) },
      start: { engines, ignoreMemory, backend, devices, ...link },
      ...(values.timeline === undefined ? {} : { timeline: writable(values.timeline) })
    };
  }
  const details = { received: args.join(' ') || 'no script', usage: `\`${USAGE}\`` };
  throw new DecentLabError('OPTION_INVALID', details);
}

function takesValue(arg: string | undefined): boolean {
  if (arg === '-n') return true;
  const flag = Object.entries(FLAGS).find(([name]) => arg === `--${name}`);
  return flag?.[1].type === 'string';
}

/** @throws OPTION_INVALID for a name that is none */
function transportNamed(name: string): Transport {
  const transport = TRANSPORTS.find(one => one === name);
  if (transport) return transport;
  const usage = `\`--transport ${TRANSPORTS.join('|')}\``;
  throw new DecentLabError('OPTION_INVALID', { received: `--transport ${name}`, usage });
}

/** A file that can be written later, or the script would have run for nothing. @throws OPTION_INVALID */
function writable(file: string): string {
  const path = resolve(file);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isFolder && statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) return path;
  const received = `--timeline ${file}`;
  throw new DecentLabError('OPTION_INVALID', {
    received,
    usage: '`--timeline FILE.json`, a file in a folder that exists'
  });
}

/** Writes the timeline; false, with the reason on standard error, if there is none. */
async function save(cluster: Cluster, path: string): Promise<boolean> {
  try {
    await cluster.timeline(path);
    console.error(`The timeline is in ${path}: open it at https://ui.perfetto.dev.`);
    return true;
  } catch (error) {
    console.error(`No timeline was written: ${(error as Error).message}`);
    return false;
  }
}

/** Resolves with false after a time; never, if there is no limit. */
function wait(ms: number, isLimited: boolean): Promise<false> {
  return new Promise(resolve => isLimited && setTimeout(() => resolve(false), ms).unref());
}

/** The script as a cell: its modules, with `process.argv` as Node would set it. */
function toCell({ modules }: CompiledScript, args: readonly string[]): CompiledCell {
  const js = `process.argv.splice(1, Infinity, ...${JSON.stringify(args)}); await $modules(${JSON.stringify(modules)}); void 0;`;
  return { name: 'decentlab run', js };
}

async function execute(cluster: Cluster, cell: CompiledCell): Promise<CellResult[]> {
  const lines = new RankLines(cluster.size, (stream, text) => process[stream].write(text));
  cluster.on('notice', text => console.error(withoutCluster(text)));
  const results = await cluster.all.execute(cell, {
    onOutput: (rank, output) => lines.add(rank, output)
  });
  lines.end();
  return results;
}

/** A notice without what only the holder of a cluster can do. */
function withoutCluster(notice: string): string {
  const sentences = notice.split(/(?<=\.) /);
  return sentences.filter(sentence => !/cluster\.\w+\(|next cell/.test(sentence)).join(' ');
}

/** Tells what failed, equal errors once, and returns the exit code. */
function report(results: readonly CellResult[]): number {
  const errors = results.flatMap(toRankError);
  for (const { ranks, error } of groupErrors(errors))
    console.error(`${describeRanks(ranks)}:\n${forScripts(error.traceback.join('\n'))}`);
  return errors.length === 0 ? 0 : FAILED;
}

function toRankError(result: CellResult, rank: number): RankError[] {
  return result.status === 'error' ? [{ rank, error: result.error }] : [];
}

/** Resolves at the first Ctrl-C, or when a terminal or a job scheduler ends this process. */
function controlC(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve());
    }
  });
}
