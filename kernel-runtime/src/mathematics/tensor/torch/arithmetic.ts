/** The few operators that tensors have as methods, so that `+ - * /` work on them in cells: each looked up once. */
import { explain, loadAddon, type Handle } from './addon.js';

/** One overload on handles and numbers, looked up when it is first called. Errors speak of `name`. */
function operator(name: string, overload = ''): (...args: unknown[]) => Handle {
  let index: number | undefined;
  return (...args) => {
    const addon = loadAddon();
    index ??= addon.find(`aten::${name}`, overload).index;
    try {
      return addon.call(index, ...args) as Handle;
    } catch (error) {
      throw explain(name, error);
    }
  };
}

type Entrywise = (a: Handle, b: { readonly handle: Handle } | number) => Handle;

/** a ∘ b entry by entry, with broadcasting; b is a tensor or a number. */
function entrywise(name: string): Entrywise {
  const [byTensor, byNumber] = [operator(name, 'Tensor'), operator(name, 'Scalar')];
  return (a, b) => (typeof b === 'number' ? byNumber(a, b) : byTensor(a, b.handle));
}

export const add = entrywise('add');
export const sub = entrywise('sub');
export const mul = entrywise('mul');
export const div = entrywise('div');
export const neg = operator('neg');
export const reciprocal = operator('reciprocal');
export const toCopy = operator('_to_copy');
