/** Runs an algorithm on one node, and writes down what is asked for. */
import { DecentLabError } from '../../errors.js';
import type { Vector } from '../math/matrix.js';
import type { Algorithm, Node, State } from './algorithm.js';

export interface IterateOptions<R> {
  /** x⁰, length d. It is not changed. */
  x0: Vector;
  node: Node;
  /** How many steps. */
  iterations: number;
  /** What to keep of the iterate after k steps, e.g. an error. Called for k = 0, `every`, 2 · `every`, … */
  record?: (x: Vector, k: number) => R | Promise<R>;
  /** Defaults to 1. */
  every?: number;
}

export interface Iterated<R> {
  /** The last iterate. */
  x: Vector;
  /** What `record` returned, in order. */
  records: R[];
}

/**
 * `iterations` steps from x⁰. All ranks must ask for the same number of them.
 * @throws VALUE_INVALID for a number of iterations that is not whole, or `every` below 1
 */
export async function iterate<S extends State, R = never>(
  algorithm: Algorithm<S>,
  { x0, node, iterations, record, every = 1 }: IterateOptions<R>
): Promise<Iterated<R>> {
  assertCount('iterations', iterations, 0);
  assertCount('every', every, 1);
  const records: R[] = [];
  let state = await algorithm.init(x0.slice(), node);
  for (let k = 0; ; k++) {
    if (record && k % every === 0) records.push(await record(state.x, k));
    if (k === iterations) return { x: state.x, records };
    state = await algorithm.step(state, node);
  }
}

function assertCount(what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  const expected = `a whole number >= ${least}`;
  throw new DecentLabError('VALUE_INVALID', {
    what: `iterate, ${what}`,
    expected,
    received: value
  });
}
