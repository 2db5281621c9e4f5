/** Which options each operation knows: one that is misspelt would be passed over, and other numbers come back. */
import { DecentLabError } from '../../errors.js';

const CALL = ['name', 'timeout'] as const;
const WEIGHTS = ['selfWeight', 'dstWeights', 'requireMutex', 'timeout'] as const;

const known = {
  init: ['topology', 'isWeighted'],
  setTopology: ['isWeighted'],
  setMachineTopology: ['isWeighted'],
  neighborAllreduce: [
    ...['selfWeight', 'srcWeights', 'dstWeights', 'enableTopoCheck', 'compression', 'out'],
    ...CALL
  ],
  // A gather refuses `out` itself, and says why.
  neighborAllgather: ['srcRanks', 'dstRanks', 'enableTopoCheck', 'out', ...CALL],
  pairGossip: ['selfWeight', 'pairWeight', 'enableTopoCheck', 'out', ...CALL],
  hierarchicalNeighborAllreduce: [
    ...['selfWeight', 'srcMachineWeights', 'dstMachineWeights', 'enableTopoCheck', 'out'],
    ...CALL
  ],
  allreduce: ['average', 'isHierarchicalLocal', 'out', ...CALL],
  allgather: ['out', ...CALL],
  broadcast: ['out', ...CALL],
  barrier: CALL,
  winCreate: ['zeroInit', 'timeout'],
  winPut: WEIGHTS,
  winAccumulate: WEIGHTS,
  winGet: ['srcWeights', 'requireMutex', 'timeout'],
  winUpdate: ['selfWeight', 'neighborWeights', 'reset', 'clone', 'requireMutex', 'timeout'],
  winUpdateThenCollect: ['requireMutex', 'timeout'],
  winMutex: ['ranks', 'forSelf', 'timeout'],
  winArrival: ['timeout']
} as const satisfies Record<string, readonly string[]>;

const flags: ReadonlySet<string> = new Set([
  ...['average', 'isHierarchicalLocal', 'enableTopoCheck', 'isWeighted'],
  ...['zeroInit', 'requireMutex', 'reset', 'clone', 'forSelf']
]);

/** Names travel with messages, and stand in reports. */
export const LONGEST_NAME = 1000;

/**
 * Sees that options are a record of those that the operation knows, that switches are true or false, and that a name is a
 * text; what the others may be is seen where they are used.
 * @throws VALUE_INVALID
 */
export function assertOptions(op: keyof typeof known, options: unknown): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw invalid(`${op}, options`, 'a record such as { timeout: 1000 }', inWords(options));
  const names: readonly string[] = known[op];
  for (const name in options) {
    if (!names.includes(name)) throw invalid(`${op}, options`, oneOf(names), name);
    if (name !== 'name' && !flags.has(name)) continue;
    const value = (options as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (name === 'name') assertName(`${op}, name`, value);
    else if (typeof value !== 'boolean')
      throw invalid(`${op}, ${name}`, 'true or false', inWords(value));
  }
}

/** @throws VALUE_INVALID for what is no text, or none that messages should carry */
export function assertName(what: string, name: unknown): void {
  if (typeof name === 'string' && name !== '' && name.length <= LONGEST_NAME) return;
  const received = typeof name === 'string' ? `${name.length} characters` : inWords(name);
  throw invalid(what, `a text of 1 to ${LONGEST_NAME} characters`, received);
}

function oneOf(names: readonly string[]): string {
  return names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function inWords(value: unknown): string {
  return typeof value === 'function' ? 'a function' : `${String(value)} (${typeof value})`;
}

function invalid(what: string, expected: string, received: unknown): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what, expected, received });
}
