/** What whoever looks after a machine allows all its users: one file of JSON, the same for notebooks, panel and shell. */
import { readFileSync } from 'node:fs';

import { DecentLabError } from '../../errors.js';
import { MEMORY_LIMIT_VARIABLE, ownMemoryLimit } from '../../memory.js';
import { limitsFile } from '../../platform.js';

/** The content of the file; what is absent is not limited. */
export interface Limits {
  /** The engines that one user has at a time, in all clusters together. */
  readonly engines?: number;
  /** Megabytes that each process may take which runs cells: an engine, or the cells of one notebook. */
  readonly memoryMB?: number;
  /** Minutes after which a cluster ends to which no notebook and no program is connected. */
  readonly idleMinutes?: number;
}

const KEYS = ['engines', 'memoryMB', 'idleMinutes'] as const;
/** Node itself takes that much before the first cell. */
const LEAST_MEMORY_MB = 100;
const MINUTE = 60_000;

/** The limits of this machine; none without a file. @throws LIMITS_INVALID */
export function readLimits(path: string = limitsFile()): Limits {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw invalid(path, 'a file that every user may read', String((error as Error).message));
  }
  return parseLimits(text, path);
}

/** @param path for the sentence of an error. @throws LIMITS_INVALID */
export function parseLimits(text: string, path: string): Limits {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw invalid(path, 'JSON', (error as Error).message);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw invalid(path, `an object with ${KEYS.join(', ')}`, text.trim().slice(0, 40));
  for (const [key, value] of Object.entries(content)) assertEntry(path, key, value);
  return content;
}

function assertEntry(path: string, key: string, value: unknown): void {
  if (!KEYS.some(known => known === key))
    throw invalid(path, `only ${KEYS.join(', ')}`, JSON.stringify(key));
  const received = `${key}: ${JSON.stringify(value)}`;
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  if (key === 'engines' && !(Number.isInteger(value) && Number(value) >= 1))
    throw invalid(path, 'engines to be a whole number >= 1', received);
  if (key === 'memoryMB' && !(isNumber && value >= LEAST_MEMORY_MB))
    throw invalid(path, `memoryMB to be a number >= ${LEAST_MEMORY_MB}`, received);
  if (key === 'idleMinutes' && !(isNumber && value > 0))
    throw invalid(path, 'idleMinutes to be a number > 0', received);
}

function invalid(path: string, expected: string, received: string): DecentLabError {
  return new DecentLabError('LIMITS_INVALID', { path, expected, received });
}

/**
 * Lets a start through that the limits allow.
 * @param running the engines that this user has already
 * @throws LIMIT_REACHED, LIMITS_INVALID
 */
export function assertEngineLimit(engines: number, running: number): void {
  const { engines: limit } = readLimits();
  if (limit === undefined || engines + running <= limit) return;
  const free = Math.max(0, limit - running);
  const detail = { limit, running, engines, free, path: limitsFile() };
  throw new DecentLabError('LIMIT_REACHED', detail);
}

/** Milliseconds without a client after which a cluster ends: as wished, or sooner if the limits say so. */
export function allowedIdle(wished: number): number {
  const { idleMinutes = Infinity } = readLimits();
  return Math.min(wished, Math.ceil(idleMinutes * MINUTE));
}

/** The environment of a process that runs cells: it tells what memory that may take. A damaged file is told when engines start. */
export function limitedEnvironment(): NodeJS.ProcessEnv {
  let limit = Infinity;
  try {
    limit = readLimits().memoryMB ?? Infinity;
  } catch {
    return process.env;
  }
  const megabytes = Math.min(limit, ownMemoryLimit ?? Infinity);
  return megabytes === Infinity
    ? process.env
    : { ...process.env, [MEMORY_LIMIT_VARIABLE]: String(megabytes) };
}
