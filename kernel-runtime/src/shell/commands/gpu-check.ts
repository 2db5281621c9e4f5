/** `decentlab gpu-check`: all that needs a GPU, on the GPU that is there; without one, what that leaves unmeasured. */
import { findGpus, type Gpu } from '../../cluster/launch/gpus.js';
import { DecentLabError } from '../../errors.js';
import { torch } from '../../mathematics/tensor/backends/torch.js';
import type { DeviceKind } from '../../mathematics/tensor/devices.js';
import { readArguments, wholeNumber } from './arguments.js';
import type { Command } from './command.js';
import {
  backendsInWords,
  checkBackends,
  isSound,
  unmeasured,
  type BackendRow
} from './gpu-check/backends.js';
import { pack } from './gpu-check/pack.js';
import { isPartSound, parts, partInWords, runPart, type PartRow } from './gpu-check/parts.js';

const BACKENDS = 'backends';
const NAMES = [BACKENDS, ...parts.map(({ name }) => name)];
const USAGE = `decentlab gpu-check [-n N] [--only ${NAMES.join(',')}] [--backend NAME] [--steps N] [--data FOLDER] [--rehearse] [--pack FILE.tar.xz] [--json]`;
const OPTIONS = {
  n: { type: 'string', short: 'n' },
  only: { type: 'string' },
  backend: { type: 'string' },
  steps: { type: 'string' },
  data: { type: 'string' },
  rehearse: { type: 'boolean' },
  pack: { type: 'string' },
  json: { type: 'boolean' }
} as const;

export const gpuCheck: Command = {
  name: 'gpu-check',
  summary:
    'Runs all that needs a GPU on the GPU that is there; says what is unmeasured without one.',
  details: [
    `Parts: ${BACKENDS} (every backend that is set up beside plain JavaScript, in software without a GPU),`,
    ...parts.map(({ name, shows }) => `  ${name}: ${shows}`),
    '--rehearse runs them on the processor, small. --pack writes an archive for a host with a GPU, PyTorch and a compiler,',
    'but neither Node nor a network: unpack it there and run check.sh.'
  ].join('\n'),
  usage: USAGE,
  async run(args) {
    const { values } = readArguments(args, OPTIONS, USAGE);
    const progress = (line: string): void => console.error(line);
    const { data } = values;
    if (values.pack !== undefined) {
      const bytes = await pack({ file: values.pack, data, progress });
      console.log(
        `${values.pack}, ${Math.ceil(bytes / 2 ** 20)} MiB: unpack it on the host and run check.sh.`
      );
      return 0;
    }
    const wanted = wantedNames(values);
    const engines = wholeNumber(values.n, '-n');
    const steps = wholeNumber(values.steps, '--steps');
    const gpus = await findGpus();
    const rows = wanted.includes(BACKENDS)
      ? await checkBackends({ only: values.backend, hasGpu: gpus.length > 0, engines })
      : [];
    const kind: DeviceKind = values.rehearse ? 'cpu' : 'gpu';
    const obstacle = obstacleTo(kind, gpus);
    const done: PartRow[] = [];
    for (const part of parts.filter(({ name }) => wanted.includes(name))) {
      const row = await runPart(part, obstacle, { kind, engines, steps, data, progress });
      done.push(row);
      // At once too: who is lent a GPU for a while may be cut off before the report.
      if (row.unmeasured === undefined) partInWords(row).forEach(progress);
    }
    const report = { gpus, rows, parts: done, unmeasured: [...unmeasured(rows), ...openOf(done)] };
    console.log(values.json ? JSON.stringify(report) : inWords(report));
    return rows.every(isSound) && done.every(isPartSound) ? 0 : 1;
  }
};

/** @throws OPTION_INVALID for a part that there is not */
function wantedNames({ only, backend }: { only?: string; backend?: string }): readonly string[] {
  if (only === undefined) return backend === undefined ? NAMES : [BACKENDS];
  const wanted = only.split(',');
  if (wanted.every(name => NAMES.includes(name))) return wanted;
  throw new DecentLabError('OPTION_INVALID', { received: `--only ${only}`, usage: `\`${USAGE}\`` });
}

/** What keeps PyTorch from computing on such a device here. */
function obstacleTo(kind: DeviceKind, gpus: readonly Gpu[]): string | undefined {
  if (kind === 'gpu' && gpus.length === 0) return 'no GPU';
  const missing = torch.missing();
  if (missing) return `backend torch: ${missing.reason}. ${missing.remedy}`;
  if (torch.kinds().includes(kind)) return undefined;
  return 'PyTorch is set up for the processor: `npm run setup:torch -- --cuda`';
}

interface Report {
  readonly gpus: readonly Gpu[];
  readonly rows: readonly BackendRow[];
  readonly parts: readonly PartRow[];
  readonly unmeasured: readonly string[];
}

function openOf(rows: readonly PartRow[]): string[] {
  return rows.flatMap(({ part, kind, unmeasured: why }) =>
    why === undefined && kind === 'gpu' ? [] : [`${part}: ${why ?? 'rehearsed on the processor'}`]
  );
}

function inWords({ gpus, rows, parts: done }: Report): string {
  const here = gpus.map(({ index, name }) => `GPU ${index}: ${name}`).join('; ') || 'no GPU';
  const blocks = [
    `This machine has ${here}.`,
    ...(rows.length > 0 ? backendsInWords(rows) : []),
    done.flatMap(partInWords).join('\n')
  ];
  return blocks.filter(block => block !== '').join('\n\n');
}
