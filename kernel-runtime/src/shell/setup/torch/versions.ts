/** Which PyTorch can be used: the version that is installed, and those that are accepted where there is one already. */
import { DecentLabError } from '../../../errors.js';

/**
 * The version that the set-up installs, the oldest and newest that are accepted, and the Pythons that it runs on. Seen, on
 * x86-64 Linux with Python 3.11: 2.15.0+cu132 (all tests and TensorFlow.js's suite), 2.12.0+cu130, 2.13.0+cpu and 2.14.1
 * (the tests of the addon, of `aten` and of the backend), 2.11.0+cu130 (the same; wrong arguments of one operator ended the
 * process there, which is left out since).
 */
export const TORCH = {
  version: '2.15.0',
  oldest: '2.11',
  newest: '2.15',
  oldestPython: '3.11',
  newestPython: '3.14'
} as const;

/** PyTorch where a Python found it. */
export interface FoundTorch {
  readonly command: string;
  /** As PyTorch says it, e.g. `2.15.0+cu132`. */
  readonly version: string;
  /** Its package folder, with `lib` and `include`. */
  readonly folder: string;
}

/** -1, 0 or 1, by the first two numbers of versions. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map(text => text.split('.').slice(0, 2).map(Number));
  return Math.sign(x[0] - y[0] || (x[1] ?? 0) - (y[1] ?? 0));
}

/** @throws TORCH_PYTHON where PyTorch has no build for this Python */
export function assertPython(command: string, version: string): void {
  const { oldestPython: oldest, newestPython: newest } = TORCH;
  if (compareVersions(version, oldest) >= 0 && compareVersions(version, newest) <= 0) return;
  const detail = { torch: TORCH.version, oldest, newest, command, version };
  throw new DecentLabError('TORCH_PYTHON', detail);
}

/** Whether the addon's sources fit this version of PyTorch. */
export function isUsable(version: string): boolean {
  return compareVersions(version, TORCH.oldest) >= 0 && compareVersions(version, TORCH.newest) <= 0;
}

/** @throws TORCH_VERSION for one that is too old or too new */
export function assertUsable({ command, version }: FoundTorch): void {
  if (isUsable(version)) return;
  const how = compareVersions(version, TORCH.oldest) < 0 ? 'old' : 'new';
  const { oldest, newest } = TORCH;
  throw new DecentLabError('TORCH_VERSION', { command, version, how, oldest, newest });
}
