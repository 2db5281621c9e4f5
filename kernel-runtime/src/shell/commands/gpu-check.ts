/** `decentlab gpu-check`: all that needs a GPU, on the GPU that is there; without one, in software, and what that leaves open. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { planCompute } from '../../cluster/client/compute.js';
import { findGpus } from '../../cluster/launch/gpus.js';
import type { Backend } from '../../mathematics/tensor/backends/backend.js';
import { backends } from '../../mathematics/tensor/backends/table.js';
import type { DeviceKind } from '../../mathematics/tensor/devices.js';
import { programFile } from '../../package.js';
import { readArguments, wholeNumber } from './arguments.js';
import type { Command } from './command.js';
import type { CheckedBackend } from './gpu-check/row.js';
import { shareDevice, type SharedDevice } from './gpu-check/shared.js';

const USAGE = 'decentlab gpu-check [-n N] [--backend NAME] [--json]';
const ENGINES = 4;
/** Plain JavaScript is what the others are compared with; a step of ResNet-20 takes it a minute. */
const REFERENCE = 'cpu';

export const gpuCheck: Command = {
  name: 'gpu-check',
  summary:
    'Tries every backend that is set up on the GPU, or in software; says what is unmeasured.',
  usage: USAGE,
  async run(args) {
    const options = {
      n: { type: 'string', short: 'n' },
      backend: { type: 'string' },
      json: { type: 'boolean' }
    } as const;
    const { values } = readArguments(args, options, USAGE);
    const engines = wholeNumber(values.n, '-n') ?? ENGINES;
    const gpus = await findGpus();
    const rows: Row[] = [];
    const wanted = backends.filter(
      ({ name }) => name !== REFERENCE && (values.backend === undefined || values.backend === name)
    );
    for (const backend of wanted) rows.push(await check(backend, gpus.length > 0, engines));
    const report = { gpus, rows, unmeasured: unmeasured(rows) };
    console.log(values.json ? JSON.stringify(report) : inWords(report));
    return rows.every(row => isSound(row)) ? 0 : 1;
  }
};

/** One backend: what it did, or why it could not be tried. */
interface Row {
  readonly backend: string;
  readonly kind?: DeviceKind;
  readonly checked?: CheckedBackend;
  readonly shared?: SharedDevice;
  readonly missing?: string;
  readonly error?: string;
}

interface Report {
  readonly gpus: readonly { readonly index: number; readonly name: string }[];
  readonly rows: readonly Row[];
  readonly unmeasured: readonly string[];
}

async function check(backend: Backend, hasGpu: boolean, engines: number): Promise<Row> {
  const { name } = backend;
  const missing = backend.missing();
  if (missing) return { backend: name, missing: `${missing.reason}. ${missing.remedy}` };
  const kind = backend.kinds().includes('gpu') && hasGpu ? 'gpu' : backend.kinds()[0];
  const row = { backend: name, kind };
  try {
    const checked = await inOwnProcess(name, kind);
    const isInSoftware = backend.emulates?.(kind) ?? false;
    const shared = await shareDevice({ backend: name, devices: kind, engines, isInSoftware });
    return { ...row, checked, shared };
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const said = /^\w*Error: .*$/m.exec(stderr ?? '')?.[0] ?? message.split('\n')[0];
    return { ...row, error: said };
  }
}

async function inOwnProcess(backend: string, kind: DeviceKind): Promise<CheckedBackend> {
  const { environment, environments } = await planCompute({ engines: 1, backend, devices: kind });
  const env = { ...process.env, ...environment, ...environments[0] };
  const program = programFile('gpu-check-row');
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as CheckedBackend;
}

function isSound({ missing, error, checked, shared }: Row): boolean {
  if (missing !== undefined) return true;
  return error === undefined && checked?.wrong.length === 0 && shared?.right === shared?.engines;
}

/** What only a GPU, or what is not set up, could tell. */
function unmeasured(rows: readonly Row[]): string[] {
  return rows.flatMap(({ backend, kind, missing }) => {
    if (missing !== undefined) return [`${backend}: ${missing}`];
    return kind === 'gpu' || backend === 'wasm' ? [] : [`${backend} on a GPU: none is here for it`];
  });
}

const COLUMNS = [
  'backend',
  'device',
  'right',
  'matmul',
  'least squares',
  'ResNet-20 (8)',
  'shared'
];

function inWords({ gpus, rows, unmeasured: open }: Report): string {
  const here = gpus.map(({ index, name }) => `GPU ${index}: ${name}`).join('; ') || 'no GPU';
  const tried = rows.filter(row => row.missing === undefined);
  const table = [COLUMNS, ...tried.map(cellsOf)];
  const widths = COLUMNS.map((_, k) => Math.max(...table.map(cells => (cells[k] ?? '').length)));
  const lines = table.map(cells =>
    cells
      .map((cell, k) => cell.padEnd(widths[k]))
      .join('  ')
      .trimEnd()
  );
  const wrong = tried.flatMap(({ backend, checked, shared }) => [
    ...(checked?.wrong ?? []).map(what => `${backend}, ${what}`),
    ...(shared?.error === undefined ? [] : [`${backend}, several engines: ${shared.error}`])
  ]);
  const parts = [[`This machine has ${here}.`], lines, wrong.map(what => `✗ ${what}`)];
  if (open.length > 0) parts.push(['Unmeasured:', ...open.map(what => `– ${what}`)]);
  return parts
    .filter(part => part.length > 0)
    .map(part => part.join('\n'))
    .join('\n\n');
}

function cellsOf({ backend, checked, shared, error }: Row): string[] {
  if (!checked) return [backend, `failed: ${error ?? 'it said nothing'}`];
  const { device, cases, wrong, matmulMs, leastSquaresMs, resnet20Ms } = checked;
  const ms = (time: number): string => `${time < 10 ? time.toFixed(2) : time.toFixed(0)} ms`;
  return [
    ...[backend, device, `${cases - wrong.length} of ${cases}`],
    ...[ms(matmulMs), ms(leastSquaresMs), ms(resnet20Ms)],
    shared ? sharedInWords(shared, ms) : '–'
  ];
}

function sharedInWords(
  { right, engines, side, matmulMs }: SharedDevice,
  ms: (time: number) => string
): string {
  const smaller = side === 1024 ? '' : ` (matmul of ${side}: in software)`;
  return `${right} of ${engines} engines, ${ms(matmulMs)}${smaller}`;
}
