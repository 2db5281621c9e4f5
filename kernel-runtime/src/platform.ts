/** All differences between operating systems stand here, and nowhere else. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync
} from 'node:fs';
import { availableParallelism, homedir, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

const isWindows = process.platform === 'win32';
/** Characters; what stands below it takes 40 more. */
const LONGEST_TEMPORARY_FOLDER = 40;

/** A new private folder with a short path: Unix socket addresses are limited to about 100 bytes. */
export function privateFolder(prefix: string): string {
  const isShort = isWindows || tmpdir().length <= LONGEST_TEMPORARY_FOLDER;
  return mkdtempSync(join(isShort ? tmpdir() : '/tmp', prefix));
}

/** The address of a local socket called `name`: a file in `folder`, or a named pipe on Windows. */
export function socketAddress(folder: string, name: string): string {
  return isWindows
    ? `\\\\.\\pipe\\${folder.replace(/[\\/:]/g, '-')}-${name}`
    : join(folder, `${name}.sock`);
}

/** Writes a file that only its owner may read, whole or not at all. */
export function writePrivateFile(path: string, content: string): void {
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, content, { mode: 0o600 });
  chmodSync(partial, 0o600);
  renameSync(partial, path);
}

/** Jupyter's runtime folder, by the rules of `jupyter --runtime-dir`. */
export function jupyterRuntimeFolder(): string {
  const folder = process.env['JUPYTER_RUNTIME_DIR'] ?? join(jupyterDataFolder(), 'runtime');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Jupyter's data folder of this user, by the rules of `jupyter --data-dir`. */
export function jupyterDataFolder(): string {
  if (process.env['JUPYTER_DATA_DIR']) return process.env['JUPYTER_DATA_DIR'];
  if (isWindows)
    return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'jupyter');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'jupyter');
}

/** The processor cores that this process may use: those of its affinity, or fewer where a container has a quota. */
export function availableCores(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(containerCores())));
}

/** The quota of a Linux control group, version 2 or 1, in cores; without one, infinity. */
function containerCores(): number {
  const numbersIn = (file: string): number[] =>
    existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').map(Number) : [NaN];
  const [quota, period] = numbersIn('/sys/fs/cgroup/cpu.max');
  const [oldQuota] = numbersIn('/sys/fs/cgroup/cpu/cpu.cfs_quota_us');
  const [oldPeriod] = numbersIn('/sys/fs/cgroup/cpu/cpu.cfs_period_us');
  const shares = [quota / period, oldQuota / oldPeriod].filter(share => share > 0);
  return Math.max(1, Math.min(Infinity, ...shares));
}

/** Where programs of this user keep what they can fetch again. */
export function userCacheFolder(): string {
  if (isWindows) return process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
}

/** Where a virtual environment keeps an executable, e.g. `python` or `jupyter-lab`. */
export function venvExecutable(venv: string, name: string): string {
  return isWindows ? join(venv, 'Scripts', `${name}.exe`) : join(venv, 'bin', name);
}

/** Where a virtual environment keeps its packages, or undefined before it exists. */
export function venvSitePackages(venv: string): string | undefined {
  if (isWindows) return join(venv, 'Lib', 'site-packages');
  const lib = join(venv, 'lib');
  const version = existsSync(lib)
    ? readdirSync(lib).find(name => name.startsWith('python'))
    : undefined;
  return version === undefined ? undefined : join(lib, version, 'site-packages');
}

/** Kills a child that was started detached, together with the processes it started. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (isWindows) spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
  else process.kill(-child.pid, 'SIGKILL');
}

/// Memory

const MEGABYTE = 2 ** 20;
/** V8's own default on a large machine. */
const MAX_HEAP_MB = 4096;
const MIN_HEAP_MB = 512;
/**
 * The whole heap is looked through for what nobody needs any more only when it has grown to this. V8 by itself looks
 * as soon as a few arrays of some megabytes have come and gone, which takes longer than moving them.
 */
const UNMARKED_MB = 128;
/** A process that grows ends when less than this share of the machine's memory is left, and at most so much. */
const RESERVE_SHARE = 0.05;
const MAX_RESERVE_MB = 1024;
/** A process with a smaller share of the machine's memory is not what fills it. */
const LARGE_SHARE = 0.1;
/** Megabytes, or 0: a JavaScript heap that somebody has set for each process that runs cells. */
const ownHeapLimit = Number(process.env['DECENTLAB_HEAP_LIMIT_MB'] ?? 0);
/** Bytes, or 0: a limit that somebody has set for each process that runs cells. */
const memoryLimit = Number(process.env['DECENTLAB_MEMORY_LIMIT_MB'] ?? 0) * MEGABYTE;
/** Sentences of `memoryExcess` begin with this. */
const EXCESS = 'Out of memory: ';

/** The memory of this machine or container, in bytes. */
function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}

/** The JavaScript heap, in megabytes, of each of `processes` that share `share` of the machine's memory. */
export function heapLimit(processes: number, share: number): number {
  if (ownHeapLimit > 0) return ownHeapLimit;
  const megabytes = (machineMemory() * share) / processes / MEGABYTE;
  return Math.floor(Math.min(MAX_HEAP_MB, Math.max(MIN_HEAP_MB, megabytes)));
}

/** Options of Node for a process whose JavaScript heap may take `limit` megabytes. */
export function heapOptions(limit: number): string[] {
  const unmarked = Math.min(UNMARKED_MB, Math.floor(limit / 4));
  return [`--max-old-space-size=${limit}`, `--initial-old-space-size=${unmarked}`];
}

/** Why this process has to end before it takes the machine's last memory, or more than it was allowed; null if all is well. */
export function memoryExcess(): string | null {
  const used = process.memoryUsage.rss();
  const size = (bytes: number): string => `${Math.round(bytes / MEGABYTE)} MB`;
  if (memoryLimit > 0 && used > memoryLimit)
    return `${EXCESS}it used ${size(used)}, more than the limit of ${size(memoryLimit)}`;
  if (used < LARGE_SHARE * machineMemory()) return null;
  const free = process.availableMemory();
  const reserve = Math.min(RESERVE_SHARE * machineMemory(), MAX_RESERVE_MB * MEGABYTE);
  if (free > reserve) return null;
  return `${EXCESS}it used ${size(used)}, and only ${size(free)} were left on this machine`;
}

/** Lets the system end this process rather than another one, Jupyter for instance, when memory runs out. */
export function yieldMemory(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/oom_score_adj', '500');
  } catch {
    // A container may forbid it; then all processes are equal.
  }
}

/// The end of processes

/** How a process has ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last of what it wrote on its standard error. */
  readonly said: string;
  /** Its JavaScript heap, in megabytes. */
  readonly heapLimit: number;
}

const signals: Partial<Record<NodeJS.Signals, string>> = {
  SIGSEGV: 'a segmentation fault, which is a fault in native code',
  SIGBUS: 'a bus error, which is a fault in native code',
  SIGILL: 'an illegal instruction in native code',
  SIGFPE: 'an arithmetic fault in native code',
  SIGABRT: 'it aborted itself',
  SIGTRAP: 'it aborted itself',
  SIGKILL: 'somebody ended it, or the system did because memory ran out',
  SIGTERM: 'somebody asked it to end'
};

/** The end of a process in words. */
export function describeExit({ code, signal, said, heapLimit }: Exit): string {
  const excess = said.lastIndexOf(EXCESS);
  if (signal === 'SIGKILL' && excess >= 0)
    return said.slice(excess).split('\n', 1)[0].replace(EXCESS, 'out of memory: ');
  if (said.includes('heap out of memory'))
    return `out of memory: its JavaScript heap may take ${heapLimit} MB`;
  if (signal === null) return `exit code ${code}`;
  const meaning = signals[signal];
  return `signal ${signal}${meaning === undefined ? '' : `: ${meaning}`}`;
}

/** Where V8's and our own notes of a crash begin; whatever follows belongs to them. */
const deathNotes =
  /\n?(?:-+ Native stack trace|<--- Last few GCs --->|(?:#\n)+# Fatal|Out of memory: it used )/;
/** V8 tells of a promise that a stack overflow rejects, besides the rejection itself. */
const overflowNotes =
  /Exception in PromiseRejectCallback:\n[^]*?Maximum call stack size exceeded\n+/g;

/** Such a note whose end has not come yet. */
const openNote = /Exception in PromiseRejectCallback:\n[^]{0,2000}$/;

/** Text of standard error, divided into what is for the user and what is not. */
export interface DividedText {
  /** Without V8's notes for its programmers: an error, or `describeExit`, tells the cause. */
  readonly told: string;
  /** The beginning of a note, to be put before the next text. */
  readonly held: string;
  /** The rest of what the process writes belongs to the notes of its crash. */
  readonly isDying: boolean;
}

/** Takes V8's notes out of a text of standard error. */
export function withoutNotes(text: string): DividedText {
  const told = text.replace(overflowNotes, '');
  const at = told.search(deathNotes);
  if (at >= 0) return { told: told.slice(0, at), held: '', isDying: true };
  const held = openNote.exec(told)?.[0] ?? '';
  return { told: told.slice(0, told.length - held.length), held, isDying: false };
}
