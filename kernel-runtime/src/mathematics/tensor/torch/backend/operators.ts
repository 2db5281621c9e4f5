/** PyTorch's operators for kernels: on handles, without checks in JavaScript; what a kernel makes on the way is let go after it. */
import { loadAddon, type Addon, type Handle } from '../addon.js';

/** One overload, as a function of handles, numbers, lists and booleans. */
export type Op = (...args: unknown[]) => Handle;

let addon: Addon | undefined;
/** What the running kernel has made. */
const made: Handle[] = [];

/** The overload of an operator; looked up when it is first called. */
export function op(name: string, overload = ''): Op {
  const call = several(name, overload);
  return (...args) => call(...args) as unknown as Handle;
}

/** The same for an operator that gives a list of tensors. */
export function several(name: string, overload = ''): (...args: unknown[]) => Handle[] {
  let index = -1;
  return (...args) => {
    addon ??= loadAddon();
    if (index < 0) ({ index } = addon.find(`aten::${name}`, overload));
    const result = addon.call(index, ...args);
    if (typeof result === 'number') made.push(result);
    else if (Array.isArray(result)) {
      for (const one of result) if (typeof one === 'number') made.push(one);
    }
    return result as Handle[];
  };
}

/** Runs a kernel and lets go of what it has made, except for its results. */
export function keepResults<T extends Handle | readonly Handle[]>(kernel: () => T): T {
  const begin = made.length;
  let results: T | undefined;
  try {
    results = kernel();
    return results;
  } finally {
    for (let k = begin; k < made.length; k++) {
      const isResult = Array.isArray(results) ? results.includes(made[k]) : made[k] === results;
      if (!isResult) (addon as Addon).release(made[k]);
    }
    made.length = begin;
  }
}
