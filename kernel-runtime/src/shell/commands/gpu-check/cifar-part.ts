/** The experiment of the talk: ResNet-20 on CIFAR-10, batches of 2K and 8K, eight engines that share the GPU. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { packageRoot } from '../../../package.js';
import { spawnOutput } from './spawn-output.js';
import type { Part, PartContext } from './part.js';
import { watchGpus, type Utilisation } from './utilisation.js';

const SCRIPT = join(dirname(packageRoot), 'notebooks', 'cifar10-large-batch', 'run.ts');
const DECENTLAB = join(packageRoot, 'bin', 'decentlab.mjs');
const GPU = { engines: 8, steps: 50, batches: [2048, 8192], methods: 'dmsgd,decentlam' };

/** What the script writes, as far as it is told here. */
interface Written {
  readonly outcomes: readonly {
    readonly method: string;
    readonly batch: number | 'all';
    readonly own: { readonly mean: number };
    readonly losses: readonly number[];
    readonly seconds: number;
    readonly waiting: number;
  }[];
}

export const cifarPart: Part = {
  name: 'cifar10',
  shows:
    'ResNet-20 on CIFAR-10 with batches of 2K and 8K on eight engines that share the GPU: times, utilisation',
  async run(context) {
    if (!existsSync(SCRIPT))
      throw new Error(`${SCRIPT} is not there: it needs a checkout or a pack`);
    const folder = mkdtempSync(join(tmpdir(), 'decentlab-cifar-'));
    const out = join(folder, 'out.json');
    try {
      const command = [process.execPath, DECENTLAB, 'run', ...argumentsOf(context), '--out', out];
      const { seen } = await watchGpus(() => spawnOutput(command, context.progress));
      const { outcomes } = JSON.parse(readFileSync(out, 'utf8')) as Written;
      const { percent } = seen;
      return {
        isRight: outcomes.every(({ losses }) => losses.every(Number.isFinite)),
        lines: [...outcomes.map(inWords), busyInWords(seen)],
        figures: {
          ...Object.fromEntries(outcomes.map(stepTime)),
          ...(percent === undefined ? {} : { 'utilisation, %': percent })
        }
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
};

/** On the processor, two steps of a small net on two engines. */
function argumentsOf({ kind, engines, steps, data }: PartContext): string[] {
  const images = data === undefined ? [] : ['--data', data];
  const place = ['--backend', 'torch', '--devices', kind, SCRIPT];
  if (kind === 'cpu') {
    const few = [
      '--net',
      'smallConvNet',
      '--images',
      '80',
      '--tests',
      '40',
      '--methods',
      'decentlam'
    ];
    return ['-n', String(engines ?? 2), ...place, ...few, '--steps', String(steps ?? 2), ...images];
  }
  const { batches, methods } = GPU;
  return [
    ...['-n', String(engines ?? GPU.engines), ...place, '--full', '--methods', methods],
    ...['--batches', batches.join(','), '--steps', String(steps ?? GPU.steps), ...images]
  ];
}

function inWords({
  method,
  batch,
  own,
  losses,
  seconds,
  waiting
}: Written['outcomes'][number]): string {
  const each = ((1000 * seconds) / losses.length).toFixed(0);
  return [
    `${method}, batch ${batch}: ${losses.length} steps of ${each} ms (${waiting.toFixed(1)} s of ${seconds.toFixed(1)} s for images),`,
    `loss ${losses[0].toFixed(3)} to ${losses[losses.length - 1].toFixed(3)}, ${(100 * own.mean).toFixed(1)} % right`
  ].join(' ');
}

function stepTime({
  method,
  batch,
  losses,
  seconds
}: Written['outcomes'][number]): [string, number] {
  return [`${method}, batch ${batch}`, (1000 * seconds) / losses.length];
}

function busyInWords({ percent, mebibytes }: Utilisation): string {
  if (percent === undefined) return 'how busy a GPU was, nvidia-smi did not say';
  return `the GPUs were busy ${percent.toFixed(0)} % of the time, with ${mebibytes} MiB in use at most`;
}
