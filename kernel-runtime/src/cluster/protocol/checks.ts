/** Small predicates from which the predicates of messages are made: untrusted input is typed once, at the door. */

export type Check<T = unknown> = (value: unknown) => value is T;

/** A string. */
export const isText = (value: unknown): value is string => typeof value === 'string';

/** True or false. */
export const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

/** Bytes; a Buffer too. */
export const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

/** A whole number from 0: a rank, an epoch, a number of milliseconds. */
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** Any number but NaN and the infinities. */
export const isNumber = (value: unknown): value is number => Number.isFinite(value);

/** An object with members: no list, no bytes. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isBytes(value);

/** One of these values exactly. */
export function isOneOf<T extends string | number | null>(...allowed: readonly T[]): Check<T> {
  return (value): value is T => (allowed as readonly unknown[]).includes(value);
}

/** A list of which every item passes. */
export function isListOf<T>(item: Check<T>): Check<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(item);
}

/** Absent, or passes. */
export function isOptional<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

/** Null, or passes. */
export function isNullOr<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

/** Passes if one of the checks does. */
export function isEither<T>(...checks: readonly Check<T>[]): Check<T> {
  return (value): value is T => {
    for (const check of checks) if (check(value)) return true;
    return false;
  };
}

/** A record whose named members pass; others are ignored. */
export function hasShape<T>(members: { readonly [K in keyof T]-?: Check<T[K]> }): Check<T> {
  const keys = Object.keys(members);
  const checks = Object.values<Check>(members as Record<string, Check>);
  return (value): value is T => {
    if (!isRecord(value)) return false;
    // Every message passes here: a plain loop is what V8 compiles quickly.
    for (let k = 0; k < keys.length; k++) {
      const member = Object.hasOwn(value, keys[k]) ? value[keys[k]] : undefined;
      if (!checks[k](member)) return false;
    }
    return true;
  };
}
