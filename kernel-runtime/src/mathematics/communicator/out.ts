/** Results in memory of the caller's: `{ out }` names a value of the structure of x, whose arrays are written. */
import { DecentLabError } from '../../errors.js';
import type { Value } from './communicator.js';
import type { Description, LeafData } from './values.js';

/**
 * The description of x whose result is `out`: its arrays are written and its structure returned; numbers in it are new.
 * @param out the value given as `out`, taken apart
 * @param isOver whether arrays of x may be written: each with its own result
 * @throws VALUE_INVALID for another structure, type or shape than that of x, a tensor, or memory that x lies in too
 */
export function into(
  x: Description,
  out: Description | Promise<Description>,
  isOver: boolean
): Description {
  if (out instanceof Promise || out.leaves.some(({ isOfTensor }) => isOfTensor))
    throw invalid('arrays, which can be written', 'a tensor, which cannot');
  if (out.signature !== x.signature) throw invalid(x.signature, out.signature);
  const outs = out.leaves.map(leaf => leaf.data);
  const isShared = outs.some((data, k) =>
    x.leaves.some((leaf, l) => {
      const isItself = isOver && k === l && sameMemory(data, leaf.data);
      return !isItself && overlap(data, leaf.data);
    })
  );
  if (isShared) throw invalid('memory of its own', 'memory in which x lies, and is read');
  const isTwice = outs.some((data, k) => outs.slice(0, k).some(other => overlap(data, other)));
  if (isTwice) throw invalid('memory of its own for every array', 'two arrays in the same memory');
  return {
    leaves: x.leaves,
    signature: x.signature,
    out: outs,
    rebuild: datas => {
      datas.forEach((data, k) => data !== outs[k] && outs[k].set(data));
      return out.rebuild(outs);
    }
  };
}

function overlap(a: LeafData, b: LeafData): boolean {
  if (a.buffer !== b.buffer || a.length === 0 || b.length === 0) return false;
  return a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;
}

/** Whether two arrays are the same entries. */
export function sameMemory(a: LeafData, b: LeafData): boolean {
  return a.buffer === b.buffer && a.byteOffset === b.byteOffset && a.length === b.length;
}

/** Gives `out` as an option of a call. */
export interface OutOption {
  /**
   * Is written and returned instead of new memory; of the structure, types and shapes of x, and apart from it. It may be x
   * itself in a `broadcast`, and in a `neighborAllreduce` of a rank that only receives, or that only sends (its selfWeight
   * is 1, and nothing else counts). After an error its numbers are those of x, of the result, or some of each.
   */
  out?: Value;
}

function invalid(expected: string, received: string): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what: 'out', expected, received });
}
