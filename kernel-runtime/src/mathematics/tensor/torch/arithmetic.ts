/** The few operators that tensors have as methods, so that `+ - * /` work on them in cells. */
import { inWords, loadAddon, type Handle } from './addon.js';

const indices = new Map<string, number>();

function indexOf(name: string, overload: string): number {
  const full = `${name}.${overload}`;
  const known = indices.get(full);
  if (known !== undefined) return known;
  const { index } = loadAddon().find(`aten::${name}`, overload);
  indices.set(full, index);
  return index;
}

/** Calls one overload on handles and numbers. `name` is for errors too. */
export function compute(name: string, overload: string, ...args: unknown[]): Handle {
  return inWords(name, () => loadAddon().call(indexOf(name, overload), ...args) as Handle);
}

/** a ∘ b entry by entry, with broadcasting; b is a handle or a number. */
export function entrywise(
  name: 'add' | 'sub' | 'mul' | 'div',
  a: Handle,
  b: { readonly handle: Handle } | number
): Handle {
  return typeof b === 'number'
    ? compute(name, 'Scalar', a, b)
    : compute(name, 'Tensor', a, b.handle);
}
