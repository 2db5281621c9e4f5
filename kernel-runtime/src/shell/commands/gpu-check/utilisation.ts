/** How busy the GPUs are while something runs, as `nvidia-smi` tells once a second. */
import { spawn } from 'node:child_process';

const QUESTION = ['--query-gpu=utilization.gpu,memory.used', '--format=csv,noheader,nounits'];

export interface Utilisation {
  /** The mean share of the time in which a kernel ran, in percent; undefined where nobody tells. */
  readonly percent?: number;
  /** The most memory in use, in MiB. */
  readonly mebibytes?: number;
}

/** Runs something and looks on meanwhile. */
export async function watchGpus<T>(
  work: () => Promise<T>
): Promise<{ value: T; seen: Utilisation }> {
  const child = spawn('nvidia-smi', [...QUESTION, '-l', '1'], {
    stdio: ['ignore', 'pipe', 'ignore']
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  // Without that program nobody tells.
  child.on('error', () => undefined);
  try {
    return { value: await work(), seen: readUtilisation(text) };
  } finally {
    child.kill();
  }
}

/** The lines of `nvidia-smi --query-gpu=utilization.gpu,memory.used --format=csv,noheader,nounits`. */
export function readUtilisation(text: string): Utilisation {
  const rows = text
    .split('\n')
    .map(line => line.split(',').map(cell => parseFloat(cell)))
    .filter(cells => cells.length === 2 && cells.every(Number.isFinite));
  if (rows.length === 0) return {};
  const percent = rows.reduce((sum, [one]) => sum + one, 0) / rows.length;
  return { percent, mebibytes: Math.max(...rows.map(([, memory]) => memory)) };
}
