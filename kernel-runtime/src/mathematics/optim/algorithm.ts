/** An algorithm is a value { name, init, step }: the same code runs on engines and in the simulator. */
import type { Communicator } from '../communicator/communicator.js';
import type { Vector } from '../math/matrix.js';

/** What one node brings to an algorithm: its private gradient and its view of the network. */
export interface Node {
  /**
   * ∇f_i(x), length d; full batch, or stochastic with the samples of step k. A new vector at every call, or `out`, memory
   * of length d that an algorithm may offer for it. `iterate` fills in the current step, so that an algorithm names k
   * only where it means another one.
   */
  gradient(x: Vector, k?: number, out?: Vector): Vector | Promise<Vector>;
  /** ∇f_i(x) of the full batch, for variance reduction. Defaults to `gradient`. */
  fullGradient?(x: Vector): Vector | Promise<Vector>;
  communicator: Communicator;
  /** Takes a warning about a broken assumption. Defaults to `console.warn`. */
  warn?(text: string): void;
}

/** The state of one node; `x` is its current iterate, length d. */
export interface State {
  x: Vector;
}

export interface Algorithm<S extends State = State> {
  readonly name: string;
  /** The options it was made with, defaults included: what a saved run remembers, and what makes it again elsewhere. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** True where the ranks average gradients and share one x; then no step can leave the exchange out. Defaults to false. */
  readonly averagesGradients?: boolean;
  /** The state before the first step, from x⁰. */
  init(x0: Vector, node: Node): S | Promise<S>;
  /** Iteration k = 0, 1, 2, … Returns a new state; the old one stays valid. */
  step(state: S, node: Node, k: number): Promise<S>;
  /** After the last step, on every rank: lets go of what `init` has made, such as windows. Returns the last state. */
  finish?(state: S, node: Node): Promise<S>;
}
