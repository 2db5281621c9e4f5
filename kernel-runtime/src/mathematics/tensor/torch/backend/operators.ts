/** PyTorch's operators for kernels: on handles, without checks in JavaScript; what a kernel makes on the way is let go after it. */
import { loadAddon, type Addon, type Handle } from '../addon.js';

/** One overload, as a function of handles, numbers, lists and booleans. */
export type Op = (...args: unknown[]) => Handle;

type Call = (...args: unknown[]) => unknown;

let addon: Addon | undefined;
/** What the running kernel has made. */
const made: Handle[] = [];
/** The tensor that the addon's description describes: the latest that an operator has given. */
let described: Handle = 0;

/** The overload of an operator; looked up when it is first called. */
export function op(name: string, overload = ''): Op {
  let call: Call | undefined;
  return (...args) => {
    call ??= lookUp(name, overload);
    described = call(...args) as Handle;
    made.push(described);
    return described;
  };
}

/** The same for an operator that gives a list of tensors, where null stands for none. */
export function several(name: string, overload = ''): (...args: unknown[]) => Handle[] {
  let call: Call | undefined;
  return (...args) => {
    call ??= lookUp(name, overload);
    const results = call(...args) as (Handle | null)[];
    for (const one of results) {
      if (one === null) continue;
      described = one;
      made.push(one);
    }
    return results as Handle[];
  };
}

/** Calls with few arguments, which most are, without a list of them. */
function lookUp(name: string, overload: string): Call {
  addon ??= loadAddon();
  const { index, parameters } = addon.find(`aten::${name}`, overload);
  const { call } = addon;
  switch (parameters.length) {
    case 1:
      return a => call(index, a);
    case 2:
      return (a, b) => call(index, a, b);
    case 3:
      return (a, b, c) => call(index, a, b, c);
    case 4:
      return (a, b, c, d) => call(index, a, b, c, d);
    default:
      return (...args) => call(index, ...args);
  }
}

/** What a result of the running kernel is. */
export function descriptionOf(handle: Handle): Float64Array {
  addon ??= loadAddon();
  if (handle !== described) addon.describe(handle);
  described = handle;
  return addon.description;
}

/** Where what the next kernel makes begins. */
export function beginKernel(): number {
  return made.length;
}

/** Lets go of what was made since `begin`, except for the results. */
export function endKernel(begin: number, results: Handle | readonly Handle[] | undefined): void {
  for (let k = begin; k < made.length; k++) {
    const isResult = typeof results === 'object' ? results.includes(made[k]) : made[k] === results;
    if (!isResult) addon!.release(made[k]);
  }
  made.length = begin;
}

/** The running kernel lets a tensor live on that it has made. */
export function retain(handle: Handle): void {
  made.splice(made.lastIndexOf(handle), 1);
}
