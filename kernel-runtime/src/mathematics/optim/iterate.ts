/** Runs an algorithm on one node, and writes down what is asked for. */
import { DecentLabError } from '../../errors.js';
import { asSchedule, type Schedule } from '../graph/schedules.js';
import type { Topology } from '../graph/topology.js';
import type { Vector } from '../math/matrix.js';
import type { Algorithm, Node, State } from './algorithm.js';
import { LocalSteps } from './local-steps.js';
import { ScheduledCommunicator } from './scheduled.js';

export interface IterateOptions<R> {
  /** x⁰, length d. It is not changed. */
  x0: Vector;
  node: Node;
  /** How many steps. */
  iterations: number;
  /**
   * Ends this rank's steps earlier, once it is true: of an asynchronous algorithm, ranks of different pace should run for
   * the same time rather than the same number of steps. Asked before every step.
   */
  until?: () => boolean;
  /** The graph of these steps: one topology, or a schedule, whose topology of step k is used in all exchanges of step k. Defaults to the communicator's own. */
  topology?: Topology | Schedule;
  /** Neighbours exchange in every so many-th step, and in between W = I. A schedule counts the exchanges. Defaults to 1. */
  stepsPerCommunication?: number;
  /** What to keep of the iterate after k steps, e.g. an error. Called for k = 0, `every`, 2 · `every`, … */
  record?: (x: Vector, k: number) => R | Promise<R>;
  /** Defaults to 1. */
  every?: number;
}

export interface Iterated<R> {
  /** The last iterate. */
  x: Vector;
  /** How many steps were taken. */
  steps: number;
  /** What `record` returned, in order. */
  records: R[];
}

/**
 * `iterations` steps from x⁰. All ranks must ask for the same number of them, and for the same topology; only asynchronous
 * algorithms let each rank stop when it wants, and end when all have.
 * @throws VALUE_INVALID for a number of iterations that is not whole, `every` below 1, or a topology of another size
 */
export async function iterate<S extends State, R = never>(
  algorithm: Algorithm<S>,
  { iterations, until, record, every = 1, ...where }: IterateOptions<R>
): Promise<Iterated<R>> {
  assertCount('iterations', iterations, 0);
  assertCount('every', every, 1);
  const records: R[] = [];
  const steps = stepsOf(algorithm, where);
  for (let k = 0; ; k++) {
    const { x } = await steps.state();
    if (record && k % every === 0) records.push(await record(x, k));
    if (k === iterations || until?.()) return { x: (await steps.finish()).x, steps: k, records };
    await steps.next();
  }
}

export interface Steps<S extends State> {
  /** The state now. */
  state(): Promise<S>;
  /** One step. */
  next(): Promise<S>;
  /** Nothing follows: lets the algorithm give back what it holds. The last state. */
  finish(): Promise<S>;
}

/** Where steps begin. */
export interface StepsOptions<S extends State> extends Pick<
  IterateOptions<never>,
  'x0' | 'node' | 'topology' | 'stepsPerCommunication'
> {
  /** Goes on from the state before step k in place of `init`: what a checkpoint holds. */
  resumed?: { readonly state: S; readonly k: number };
}

/** The steps of an algorithm on one node, to be taken one by one. */
export function stepsOf<S extends State>(
  algorithm: Algorithm<S>,
  { x0, node: given, topology, stepsPerCommunication = 1, resumed }: StepsOptions<S>
): Steps<S> {
  let k = resumed?.k ?? 0;
  const local = new LocalSteps(given.communicator, stepsPerCommunication);
  const base = stepsPerCommunication === 1 ? given.communicator : local;
  const scheduled = topology && new ScheduledCommunicator(base, asSchedule(topology));
  const node: Node = {
    communicator: scheduled ?? base,
    gradient: (x, at = k, out) => given.gradient(x, at, out),
    ...(given.fullGradient && { fullGradient: (x: Vector) => given.fullGradient!(x) }),
    ...(given.warn && { warn: (text: string) => given.warn!(text) })
  };
  let state = Promise.resolve(resumed ? resumed.state : algorithm.init(x0.slice(), node));
  return {
    state: () => state,
    next: async () => {
      local.goTo(k);
      scheduled?.goTo(local.exchanges);
      state = Promise.resolve(await algorithm.step(await state, node, k));
      k += 1;
      return state;
    },
    finish: async () => {
      const last = await state;
      state = Promise.resolve(algorithm.finish ? await algorithm.finish(last, node) : last);
      return state;
    }
  };
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
