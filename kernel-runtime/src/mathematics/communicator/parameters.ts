/** What counts as the parameters of a model, or as the state of an optimizer. */
import { DecentLabError } from '../../errors.js';
import type { Value } from './communicator.js';

/**
 * Parameters are records or lists of arrays, matrices and tensors, at any depth; the state of an optimizer may hold
 * single numbers too. The leaves themselves are checked when they are taken apart.
 * @throws VALUE_INVALID for anything else, with its path
 */
export function assertParameters(
  what: string,
  value: Value,
  { mayHoldNumbers = false } = {}
): void {
  if (!isCollection(value)) throw notParameters(what, value);
  if (mayHoldNumbers) return;
  for (const [key, item] of Object.entries(value)) {
    const path = Array.isArray(value) ? `${what}[${key}]` : `${what}.${key}`;
    if (typeof item === 'number') throw notParameters(path, item);
    if (isCollection(item)) assertParameters(path, item);
  }
}

/** A list, or a record made by `{…}`. */
function isCollection(value: unknown): value is Record<string, Value> | Value[] {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function notParameters(what: string, value: unknown): DecentLabError {
  const received =
    typeof value === 'object' && value !== null
      ? (value.constructor?.name ?? 'an object')
      : `${String(value)} (${typeof value})`;
  return new DecentLabError('VALUE_INVALID', {
    what,
    expected: 'a record or list of arrays or tensors',
    received
  });
}
