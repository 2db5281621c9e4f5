/** The algorithm that a module exports: what `solve --algorithm FILE.ts` takes. */
import type { Algorithm, Node, State } from './algorithm.js';
import type { AlgorithmOptions } from './by-name.js';

type Exports = Readonly<Record<string, unknown>>;

/**
 * Takes `init` and `step` themselves, or the default export, or the only one; each a value { init, step } or a function
 * from the options to one.
 * @param name for an algorithm that has none
 * @returns the algorithm, or in words what is there instead
 */
export function algorithmFrom(
  exports: Exports,
  options: AlgorithmOptions,
  name: string
): Algorithm | string {
  const names = Object.keys(exports);
  const only = names.length === 1 ? exports[names[0]] : undefined;
  const found = isAlgorithm(exports) ? exports : (exports['default'] ?? only);
  const made: unknown =
    typeof found === 'function'
      ? (found as (options: AlgorithmOptions) => unknown)(options)
      : found;
  if (!isAlgorithm(made))
    return `it exports ${names.join(', ') || 'nothing'}, and no { init, step }`;
  return {
    name: made.name ?? name,
    init: (x0, node) => made.init(x0, node),
    step: (state, node, k) => made.step(state, node, k),
    ...(made.finish && { finish: (state: State, node: Node) => made.finish!(state, node) })
  };
}

function isAlgorithm(
  value: unknown
): value is Partial<Algorithm> & Pick<Algorithm, 'init' | 'step'> {
  if (typeof value !== 'object' || value === null) return false;
  const { init, step } = value as Partial<Algorithm>;
  return typeof init === 'function' && typeof step === 'function';
}
