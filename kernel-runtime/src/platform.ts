/** All differences between operating systems stand here, and nowhere else. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statfsSync,
  writeFileSync
} from 'node:fs';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { EXCESS, memoryInWords } from './memory.js';

const isWindows = process.platform === 'win32';
/** Whether the system writes to the buffer of a socket before anybody asks for it, so that no two may share one. */
export const readsAhead = isWindows;
/** Unix socket addresses are limited to about 100 bytes; what stands below the folder takes 40 of them. */
const LONGEST_TEMPORARY_FOLDER = 60;
/**
 * What `statfs` calls the file systems of other machines, on which sockets fail or are slow: NFS, SMB (three), FUSE (sshfs
 * and its kin), AFS, Coda, Ceph, Lustre, GPFS, BeeGFS, 9P (folders that a virtual machine shares).
 */
const REMOTE_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x5346414f, 0x73757245, 0x00c36400,
  0x0bd00bd0, 0x47504653, 0x19830326, 0x01021997
]);

/** A new private folder for sockets and large values: its path is short, and its disk is this machine's. */
export function privateFolder(prefix: string): string {
  const candidates = [tmpdir(), '/tmp', process.env['XDG_RUNTIME_DIR'] ?? '/tmp'];
  const parent = isWindows
    ? tmpdir()
    : (candidates.find(path => canHoldSockets(path, fileSystemOf(path))) ?? '/tmp');
  return mkdtempSync(join(parent, prefix));
}

/** Whether sockets may stand below a folder. @param fileSystem its `statfs` type; null if it cannot be used at all */
export function canHoldSockets(folder: string, fileSystem: number | null): boolean {
  const isShort = Buffer.byteLength(folder) <= LONGEST_TEMPORARY_FOLDER;
  return isShort && fileSystem !== null && !REMOTE_FILE_SYSTEMS.has(fileSystem);
}

/** The `statfs` type of a folder that may be written to, else null. Outside of Linux the numbers mean other things. */
function fileSystemOf(folder: string): number | null {
  try {
    accessSync(folder, constants.W_OK);
    return process.platform === 'linux' ? statfsSync(folder).type : 0;
  } catch {
    return null;
  }
}

/** The one file in which whoever looks after a machine limits what all its users may take. */
export function limitsFile(): string {
  const chosen = process.env['DECENTLAB_LIMITS'];
  if (chosen) return chosen;
  if (isWindows)
    return join(process.env['PROGRAMDATA'] ?? 'C:\\ProgramData', 'decentlab', 'limits.json');
  return process.platform === 'darwin'
    ? '/Library/Application Support/decentlab/limits.json'
    : '/etc/decentlab/limits.json';
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

/** The command that starts npm: the program of the npm that runs this process, where there is one. */
export function npmCommand(): string[] {
  const running = process.env['npm_execpath'];
  if (running?.endsWith('npm-cli.js')) return [process.execPath, running];
  return isWindows ? ['cmd.exe', '/d', '/c', 'npm'] : ['npm'];
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

/// The end of processes

/** Whether a process has a processor, or waits for one: it is slow, not frozen. False where the system does not tell. */
export function isRunnable(pid: number): boolean {
  try {
    return anyHasWork(pid, readdirSync(`/proc/${pid}/task`));
  } catch {
    return false;
  }
}

/** What other processes of this machine call the thread that asks; undefined where the system does not tell. */
export function ownThread(): string | undefined {
  try {
    return readlinkSync('/proc/thread-self');
  } catch {
    return undefined;
  }
}

/**
 * `isRunnable` for one thread, named by `ownThread` in its process, and for the threads of V8 that it may wait for, as in a
 * collection. The main thread computes for itself. False if it is gone.
 */
export function isThreadRunnable(thread: string): boolean {
  const [, pid, own] = /^(\d+)\/task\/(\d+)$/.exec(thread) ?? [];
  if (pid === undefined) return false;
  try {
    const all = readdirSync(`/proc/${pid}/task`);
    return anyHasWork(
      pid,
      all.filter(each => each !== pid || each === own)
    );
  } catch {
    return false;
  }
}

/** @throws if one of the threads is gone */
function anyHasWork(pid: number | string, threads: readonly string[]): boolean {
  // Twice: one that was looked at may have been waiting for another, which had done when that was looked at.
  return [...threads, ...threads].some(thread => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
    // Behind the name, which may hold anything.
    return stat.slice(stat.lastIndexOf(')')).startsWith(') R');
  });
}

/** How a process has ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last of what it wrote on its standard error. */
  readonly said: string;
  /** Its JavaScript heap, in megabytes. */
  readonly heapLimit: number;
  /** How often the system has ended a process for want of memory since this one began. */
  readonly memoryKills: number;
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
export function describeExit({ code, signal, said, heapLimit, memoryKills }: Exit): string {
  const excess = said.lastIndexOf(EXCESS);
  if (signal === 'SIGKILL' && excess >= 0)
    return said.slice(excess).split('\n', 1)[0].replace(EXCESS, 'out of memory: ');
  if (said.includes('heap out of memory'))
    return `out of memory: its JavaScript heap may take ${heapLimit} MB`;
  if (signal === null) return `exit code ${code}`;
  if (signal === 'SIGKILL' && memoryKills > 0)
    return `out of memory: the system ended it at the limit of ${memoryInWords()} for all processes here`;
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
