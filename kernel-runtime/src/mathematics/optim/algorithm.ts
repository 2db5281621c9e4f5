/** An algorithm is a value { name, init, step }: the same code runs on engines and in the simulator. */
import type { Communicator } from '../communicator/communicator.js';
import type { Vector } from '../math/matrix.js';

/** What one node brings to an algorithm: its private gradient and its view of the network. */
export interface Node {
  /** ∇f_i(x), length d; full batch or stochastic. A new vector at every call. */
  gradient(x: Vector): Vector | Promise<Vector>;
  communicator: Communicator;
}

/** The state of one node; `x` is its current iterate, length d. */
export interface State {
  x: Vector;
}

export interface Algorithm<S extends State = State> {
  readonly name: string;
  /** The state before the first step, from x⁰. */
  init(x0: Vector, node: Node): S | Promise<S>;
  /** One iteration. Returns a new state; the old one stays valid. */
  step(state: S, node: Node): Promise<S>;
}
