/** What memory there is, of the machine and of the container, and how much of it processes may take. */
import { readFileSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { posix } from 'node:path';

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
/** Bytes a ms: on a fast machine, a few threads that touch huge pages for the first time. */
const FASTEST_GROWTH = 1e7;
/** Megabytes, or 0: a JavaScript heap that somebody has set for each process that runs cells. */
const ownHeapLimit = Number(process.env['DECENTLAB_HEAP_LIMIT_MB'] ?? 0);
/** Names the megabytes that each process which runs cells may take. */
export const MEMORY_LIMIT_VARIABLE = 'DECENTLAB_MEMORY_LIMIT_MB';
/** That limit in megabytes, if somebody has set it. */
export const ownMemoryLimit = Number(process.env[MEMORY_LIMIT_VARIABLE] ?? 0) || null;
/** Sentences of `memoryExcess` begin with this. */
export const EXCESS = 'Out of memory: ';

/** The text of a file of the system; null if there is none. */
export type ReadText = (path: string) => string | null;

/** A control group of Linux, in bytes. */
interface MemoryGroup {
  readonly limit: number;
  /** Without pages of files that nobody has read lately, which the system gives back when memory is short. */
  readonly used: number;
}

/**
 * The memory that new processes find, in bytes: what the machine has available, or less where a container allows less.
 * Node's own figure counts the cache of files as used, and knows nothing of the groups above the process's own.
 */
export function freeMemory(read: ReadText = textOf): number {
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(read('/proc/meminfo') ?? '')?.[1];
  const ofMachine = available === undefined ? process.availableMemory() : Number(available) * 1024;
  const ofGroups = memoryGroups(read).map(({ limit, used }) => Math.max(0, limit - used));
  return Math.min(ofMachine, ...ofGroups);
}

/**
 * How often the system has ended a process because memory had run out: a process of the same control group, or, where
 * no group tells, of this machine.
 */
export function memoryKills(read: ReadText = textOf): number {
  const { second, first } = groupFolders(read);
  const files = [
    ...first.map(folder => `${folder}/memory.oom_control`),
    ...second.map(folder => `${folder}/memory.events`),
    '/proc/vmstat'
  ];
  for (const file of files) {
    const count = /^oom_kill (\d+)$/m.exec(read(file) ?? '')?.[1];
    if (count !== undefined) return Number(count);
  }
  return 0;
}

/** The control groups that this process is in, from its own to the outermost, as far as they can be seen. */
function memoryGroups(read: ReadText): MemoryGroup[] {
  const { second, first } = groupFolders(read);
  return [
    ...second.flatMap(folder => groupIn(read, folder, VERSION_2)),
    ...first.flatMap(folder => groupIn(read, folder, VERSION_1))
  ];
}

/** The folders of these groups, of version 2 and of version 1. */
function groupFolders(read: ReadText): Record<'second' | 'first', string[]> {
  const own = read('/proc/self/cgroup') ?? '';
  const second = /^0::(.*)$/m.exec(own)?.[1];
  const first = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(own)?.[1];
  return {
    second: pathsUp(second).map(path => `/sys/fs/cgroup${path}`),
    first: pathsUp(first).map(path => `/sys/fs/cgroup/memory${path}`)
  };
}

const VERSION_2 = { limit: 'memory.max', used: 'memory.current', cache: 'inactive_file' };
const VERSION_1 = {
  limit: 'memory.limit_in_bytes',
  used: 'memory.usage_in_bytes',
  cache: 'total_inactive_file'
};

function groupIn(read: ReadText, folder: string, names: typeof VERSION_2): MemoryGroup[] {
  // Without a limit the file says `max`, or a number beyond all memory.
  const limit = parseInt(read(`${folder}/${names.limit}`) ?? '');
  const used = parseInt(read(`${folder}/${names.used}`) ?? '');
  if (Number.isNaN(limit) || Number.isNaN(used)) return [];
  const stat = read(`${folder}/memory.stat`) ?? '';
  const cache = Number(new RegExp(`^${names.cache} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  return [{ limit, used: used - cache }];
}

/** `/a/b`, `/a` and the root, where a container finds its own group; nothing without a path. */
function pathsUp(path: string | undefined): string[] {
  if (path === undefined) return [];
  return path === '/' ? [''] : [path, ...pathsUp(posix.dirname(path))];
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

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

/** Ms within which `memoryExcess` cannot become true: a process grows no faster than the system finds it pages. */
export function memoryRespite(): number {
  const allowed = (ownMemoryLimit ?? Infinity) * MEGABYTE;
  const least = Math.min(allowed, LARGE_SHARE * machineMemory());
  return Math.max(0, least - process.memoryUsage.rss()) / FASTEST_GROWTH;
}

/** Why this process has to end before it takes the machine's last memory, or more than it was allowed; null if all is well. */
export function memoryExcess(): string | null {
  const used = process.memoryUsage.rss();
  const allowed = (ownMemoryLimit ?? Infinity) * MEGABYTE;
  if (used > allowed)
    return `${EXCESS}it used ${toText(used)}, more than the limit of ${toText(allowed)}`;
  if (used < LARGE_SHARE * machineMemory()) return null;
  const free = freeMemory();
  const reserve = Math.min(RESERVE_SHARE * machineMemory(), MAX_RESERVE_MB * MEGABYTE);
  if (free > reserve) return null;
  return `${EXCESS}it used ${toText(used)}, and only ${toText(free)} of ${memoryInWords()} were left`;
}

/** The memory of this machine or container, as a text. */
export function memoryInWords(): string {
  return toText(machineMemory());
}

function toText(bytes: number): string {
  return `${Math.round(bytes / MEGABYTE)} MB`;
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
