/** The backends of `decentlab gpu-check`: each beside plain JavaScript, alone and on several engines. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { planCompute } from '../../../cluster/client/compute.js';
import type { Backend } from '../../../mathematics/tensor/backends/backend.js';
import { backends } from '../../../mathematics/tensor/backends/table.js';
import type { DeviceKind } from '../../../mathematics/tensor/devices.js';
import { programFile } from '../../../package.js';
import { EXACT } from './children.js';
import type { CheckedBackend } from './row.js';
import { shareDevice, type SharedDevice } from './shared.js';

const ENGINES = 4;
/** Plain JavaScript is what the others are compared with; a step of ResNet-20 takes it a minute. */
const REFERENCE = 'cpu';

/** One backend: what it did, or why it could not be tried. */
export interface BackendRow {
  readonly backend: string;
  readonly kind?: DeviceKind;
  readonly checked?: CheckedBackend;
  readonly shared?: SharedDevice;
  readonly missing?: string;
  readonly error?: string;
}

/** What is checked. */
export interface BackendsWish {
  /** The one backend; all by default. */
  readonly only?: string | undefined;
  readonly hasGpu: boolean;
  /** Engines that share the device. Defaults to 4. */
  readonly engines?: number | undefined;
}

/** Each backend that is set up, one after the other. */
export async function checkBackends({
  only,
  hasGpu,
  engines = ENGINES
}: BackendsWish): Promise<BackendRow[]> {
  const rows: BackendRow[] = [];
  for (const backend of backends) {
    const isAsked = only === undefined || backend.name === only;
    if (backend.name !== REFERENCE && isAsked) rows.push(await check(backend, hasGpu, engines));
  }
  return rows;
}

async function check(backend: Backend, hasGpu: boolean, engines: number): Promise<BackendRow> {
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
  const ask = async (args: readonly string[], more: NodeJS.ProcessEnv): Promise<CheckedBackend> => {
    const command = [programFile('gpu-check-row'), ...args];
    const { stdout } = await promisify(execFile)(process.execPath, command, {
      env: { ...env, ...more }
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as CheckedBackend;
  };
  const timed = await ask([], {});
  // Times are those of everyday use; values are compared in full precision.
  return kind === 'gpu' ? { ...timed, ...(await ask(['--cases'], EXACT)) } : timed;
}

/** Whether nothing was wrong with it. */
export function isSound({ missing, error, checked, shared }: BackendRow): boolean {
  if (missing !== undefined) return true;
  return error === undefined && checked?.wrong.length === 0 && shared?.right === shared?.engines;
}

/** What only a GPU, or what is not set up, could tell. */
export function unmeasured(rows: readonly BackendRow[]): string[] {
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

/** A table, what was wrong, and what is unmeasured, a block each. */
export function backendsInWords(rows: readonly BackendRow[]): string[] {
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
  const open = unmeasured(rows);
  const parts = [lines, wrong.map(what => `✗ ${what}`)];
  if (open.length > 0) parts.push(['Unmeasured:', ...open.map(what => `– ${what}`)]);
  return parts.filter(part => part.length > 0).map(part => part.join('\n'));
}

function cellsOf({ backend, checked, shared, error }: BackendRow): string[] {
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
