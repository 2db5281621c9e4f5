/** The GPUs of this machine, as their driver tells. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** One GPU as its driver counts them. */
export interface Gpu {
  readonly index: number;
  readonly name: string;
  /** Bytes; 0 if the driver does not say. */
  readonly memory: number;
}

const PROGRAM = 'nvidia-smi';
const QUESTION = ['--query-gpu=index,name,memory.total', '--format=csv,noheader,nounits'];
const DRIVER_FOLDER = '/proc/driver/nvidia/gpus';
/** A driver that hangs must not keep a cluster from starting. */
const LIMIT_MS = 10_000;
const MEBIBYTE = 2 ** 20;

/**
 * The GPUs of NVIDIA that processes started here can see: as `nvidia-smi` tells, or the driver's own files where that
 * program is missing; without those that CUDA_VISIBLE_DEVICES hides. Starts no process where there is no such program.
 */
export async function findGpus(env: NodeJS.ProcessEnv = process.env): Promise<Gpu[]> {
  const all = (await askDriver(env)) ?? readDriver();
  const visible = env['CUDA_VISIBLE_DEVICES'];
  if (visible === undefined || visible.trim() === '') return all;
  const named = visible.split(',').map(entry => entry.trim());
  return named.flatMap(entry => all.filter(({ index }) => String(index) === entry));
}

async function askDriver(env: NodeJS.ProcessEnv): Promise<Gpu[] | undefined> {
  const folders = (env['PATH'] ?? '').split(delimiter);
  const names = process.platform === 'win32' ? [`${PROGRAM}.exe`] : [PROGRAM];
  const program = folders
    .flatMap(folder => names.map(name => join(folder, name)))
    .find(path => existsSync(path));
  if (program === undefined) return undefined;
  try {
    const { stdout } = await promisify(execFile)(program, QUESTION, { env, timeout: LIMIT_MS });
    return parseGpus(stdout);
  } catch {
    return undefined;
  }
}

/** The lines of `nvidia-smi --query-gpu=index,name,memory.total --format=csv,noheader,nounits`; others are left out. */
export function parseGpus(text: string): Gpu[] {
  return text.split('\n').flatMap(line => {
    const cells = line.split(',').map(cell => cell.trim());
    const [index, mebibytes] = [Number(cells[0]), Number(cells.at(-1))];
    // A name may hold commas; memory is `[N/A]` where it is the machine's own.
    const name = cells.slice(1, -1).join(', ');
    if (cells.length < 3 || cells[0] === '' || !Number.isInteger(index) || name === '') return [];
    return [{ index, name, memory: Number.isFinite(mebibytes) ? mebibytes * MEBIBYTE : 0 }];
  });
}

/** The driver's own files, `Model: NVIDIA H200` in one folder each, in the order of the bus. */
export function readDriver(folder: string = DRIVER_FOLDER): Gpu[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((device, index) => {
      const path = join(folder, device, 'information');
      const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
      return { index, name: /^Model:\s*(.+)$/m.exec(text)?.[1].trim() ?? 'NVIDIA', memory: 0 };
    });
}
