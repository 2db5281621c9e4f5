/** A rule is what one node makes of its own gradient: SGD, momentum, Adam. Methods like ATC put the exchange around it. */
import type { Vector } from '../../math/matrix.js';

/** Where a node is, and its gradient there. */
export interface Slope {
  readonly x: Vector;
  readonly g: Vector;
}

export interface Rule<S = unknown> {
  readonly name: string;
  /** The options it was made with, defaults included. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What the rule remembers, before the first step. */
  init(x: Vector): S;
  /** Step k = 0, 1, 2, …: alone, a node would go to x − descent. */
  step(memory: S, slope: Slope, k: number): { readonly memory: S; readonly descent: Vector };
}
