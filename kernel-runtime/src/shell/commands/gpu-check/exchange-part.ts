/** Exchanges of tensors on the device: beside computing, and beside ways from device to device. */
import { join } from 'node:path';

import { Cluster } from '../../../cluster/client/cluster.js';
import type { DeviceKind } from '../../../mathematics/tensor/devices.js';
import { packageRoot, programUrl } from '../../../package.js';
import { describeSize, readTimes } from '../bench/exchange/job.js';
import { outputOf } from '../bench/exchange/program.js';
import { median } from '../bench/statistics.js';
import { torchPython, type TorchPython } from '../bench/torch-python.js';
import { inMs, torchDevice } from './children.js';
import type { ExchangeTimes, ExchangeWish } from './exchange-program.js';
import type { Part, PartContext } from './part.js';

const SCRIPT = join(packageRoot, 'assets', 'bench', 'device-exchange.py');
const PROGRAM = programUrl('gpu-check-exchange').href;
const SIZES = {
  gpu: { beside: [1e6, 102.4e6], between: [1e3, 64e3, 1e6, 16e6, 102.4e6] },
  cpu: { beside: [1e6], between: [1e3, 1e6] }
};
const ENGINES = 2;

export const exchangePart: Part = {
  name: 'exchange',
  shows:
    'tensors from the device to the links and back through pinned memory, beside what it computes',
  async run(context) {
    const times = await onEngines(context, SIZES[context.kind].beside, true);
    const rows = times.map(row => ({ bytes: row.bytes, ...medians(row) }));
    return {
      isRight: true,
      lines: rows.map(besideInWords),
      figures: Object.assign({}, ...rows.map(named)) as Record<string, number>
    };
  }
};

export const betweenPart: Part = {
  name: 'device-to-device',
  shows:
    'exchanges of engines that share the devices beside NCCL, gloo and CUDA IPC, and where each wins',
  async run(context) {
    const { kind, engines = ENGINES, progress } = context;
    const sizes = SIZES[kind].between;
    const ours = await onEngines(context, sizes, false);
    const found = new Map(sizes.map((bytes, k) => [bytes, { ours: median(ours[k].tensors) }]));
    const notes: string[] = [];
    const python = await torchPython();
    for (const way of ['nccl', 'gloo', 'ipc'] as const) {
      progress(way);
      try {
        const times = await inPython(python, way, { kind, engines, sizes });
        for (const [bytes, ms] of times) Object.assign(found.get(bytes)!, { [way]: ms });
      } catch (error) {
        notes.push(
          `${way}: ${(error as Error).message.trim().split('\n').at(-2) ?? String(error)}`
        );
      }
    }
    const lines = [...found].map(([bytes, row]) => betweenInWords(bytes, row));
    const figures = [...found].flatMap(([bytes, row]) =>
      Object.entries(row).map(([name, ms]) => [`${describeSize(bytes)}, ${name}`, ms])
    );
    return {
      isRight: true,
      lines: [...lines, ...notes],
      figures: Object.fromEntries(figures) as Record<string, number>
    };
  }
};

/** The times of the slowest rank, call by call. */
async function onEngines(
  { kind, engines = ENGINES, progress }: PartContext,
  sizes: readonly number[],
  isBeside: boolean
): Promise<ExchangeTimes[]> {
  progress(`${engines} engines`);
  const wish: ExchangeWish = { device: torchDevice(kind), sizes, isBeside };
  const cluster = await Cluster.start({ name: null, engines, backend: 'torch', devices: kind });
  try {
    const ranks = await cluster.all.apply(timeOnEngine, PROGRAM, wish);
    return ranks[0].map((row, k) =>
      slowest(
        ranks.map(times => times[k]),
        row.bytes
      )
    );
  } finally {
    await cluster.stop();
  }
}

/** Travels as text: an engine imports the module from this installation. */
async function timeOnEngine(url: string, wish: ExchangeWish): Promise<ExchangeTimes[]> {
  const { $import } = globalThis as unknown as { $import(url: string): Promise<unknown> };
  const { timeExchanges } = (await $import(url)) as typeof import('./exchange-program.js');
  return timeExchanges(wish);
}

const KINDS = ['tensors', 'arrays', 'computing', 'both'] as const;
type Times = Record<(typeof KINDS)[number], number>;

function slowest(ranks: readonly ExchangeTimes[], bytes: number): ExchangeTimes {
  const of = (kind: (typeof KINDS)[number]): number[] =>
    ranks[0][kind].map((_, k) => Math.max(...ranks.map(times => times[kind][k])));
  const [tensors, arrays, computing, both] = KINDS.map(of);
  return { bytes, tensors, arrays, computing, both };
}

function medians(row: ExchangeTimes): Times {
  return Object.fromEntries(KINDS.map(kind => [kind, median(row[kind])])) as Times;
}

function besideInWords({
  bytes,
  tensors,
  arrays,
  computing,
  both
}: Times & { bytes: number }): string {
  const hidden = (tensors + computing - both) / Math.min(tensors, computing);
  return [
    `${describeSize(bytes)}: ${inMs(tensors)} (plain arrays ${inMs(arrays)}), computing ${inMs(computing)},`,
    `both ${inMs(both)}: ${Math.round(100 * Math.min(1, Math.max(0, hidden)))} % of the shorter hidden`
  ].join(' ');
}

function named({ bytes, ...times }: Times & { bytes: number }): Record<string, number> {
  return Object.fromEntries(
    Object.entries(times).map(([name, ms]) => [`${describeSize(bytes)}, ${name}`, ms])
  );
}

function betweenInWords(bytes: number, row: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(row).sort(([, a], [, b]) => a - b);
  const [[winner, least], second] = sorted;
  const ahead =
    second === undefined
      ? ''
      : `: ${winner} wins, ${(second[1] / least).toFixed(1)} x ahead of ${second[0]}`;
  const times = Object.entries(row).map(([name, ms]) => `${name} ${inMs(ms)}`);
  return `${describeSize(bytes)}: ${times.join(', ')}${ahead}`;
}

async function inPython(
  { command, env }: TorchPython,
  way: string,
  { kind, engines, sizes }: { kind: DeviceKind; engines: number; sizes: readonly number[] }
): Promise<[bytes: number, ms: number][]> {
  const device = kind === 'gpu' ? 'cuda' : 'cpu';
  const floats = sizes.map(bytes => String(bytes / 4));
  const text = await outputOf([command, SCRIPT, way, device, String(engines), ...floats], { env });
  const times = readTimes(text);
  return sizes.map(bytes => [bytes, median(times.get(`ring ${bytes / 4}`) ?? [])]);
}
