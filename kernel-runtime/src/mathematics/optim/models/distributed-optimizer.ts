/**
 * Decentralized training of a TensorFlow.js model: any algorithm { init, step } on the model's parameters as one float32
 * vector. The same files that solve the talk's least squares in float64 train a ResNet.
 */
import type { Communicator } from '../../communicator/communicator.js';
import { FlatParameters, trainable, withAllWeights } from '../../communicator/flat.js';
import type { Packable } from '../../communicator/packable.js';
import { DecentLabError } from '../../../errors.js';
import type { Vector } from '../../math/matrix.js';
import { axpy } from '../../math/vectors.js';
import type { Algorithm, Node, State } from '../algorithm.js';
import { stepsOf, type Steps } from '../iterate.js';
import {
  assertFinite,
  batchOf,
  slopeOf,
  type Batch,
  type BatchOptions,
  type Loss
} from './losses.js';
import {
  assertOptions,
  assertUnconstrained,
  modelOf,
  type DistributedOptions,
  type Trainable
} from './options.js';
import { packed, unpacked, type Snapshot } from './snapshot.js';
import { withStatistics } from './statistics.js';

/**
 * The words of `math` keep float32 as it is, so algorithms run on either precision; their types name the usual one.
 */
const asVector = (x: Float32Array): Vector => x as unknown as Vector;
const asSingle = (x: Vector): Float32Array => x as unknown as Float32Array;

/** Trains one model on one rank, together with the other ranks. Made by `distributedOptimizer`. */
export class DistributedOptimizer implements Packable {
  readonly algorithm: Algorithm;
  readonly communicator: Communicator;
  readonly #flat: FlatParameters;
  readonly #statistics: FlatParameters;
  readonly #options: DistributedOptions;
  /** What the variables of the model hold. */
  #held: Float32Array;
  #steps: Steps<State> | undefined;
  #k = 0;
  #batch: Batch | undefined;
  /** Of the first gradient in a step. */
  #loss: number | undefined;

  constructor(
    algorithm: Algorithm,
    model: { flat: FlatParameters; statistics: FlatParameters; x: Float32Array },
    options: DistributedOptions
  ) {
    this.algorithm = algorithm;
    this.communicator = options.communicator;
    this.#flat = model.flat;
    this.#statistics = model.statistics;
    this.#held = model.x;
    this.#options = options;
  }

  /** How many steps have been taken. */
  get k(): number {
    return this.#k;
  }

  /** The parameters as one vector, variable after variable: to be read, not written. */
  get x(): Float32Array {
    return this.#held;
  }

  /**
   * One step of the algorithm, on all ranks together; the model then holds the new parameters.
   * @param loss the mean loss of a batch, a float32 scalar made with operations of tf; or a list of them, whose gradients
   * are accumulated to that of all their samples
   * @returns the mean loss, before the step
   * @throws GRADIENT_INVALID if it, or its gradient, is not finite; VALUE_INVALID for a batch without samples, a loss that
   * is no scalar, or a second step before the end of the first. Nothing was sent then, and the model is as it was
   */
  async minimize(loss: Loss | readonly Loss[], options?: BatchOptions): Promise<number> {
    const batch = batchOf(loss, options);
    this.#assertIdle();
    this.#batch = batch;
    this.#loss = undefined;
    const before = this.#held;
    try {
      this.#steps ??= await this.#begin();
      const { x } = await this.#steps.next();
      this.#k += 1;
      await this.#hold(asSingle(x));
      return this.#loss!;
    } catch (error) {
      await this.#hold(before);
      throw error;
    } finally {
      this.#batch = undefined;
    }
  }

  /** After the last step, on every rank: lets go of what the algorithm has made, such as windows. */
  async finish(): Promise<void> {
    this.#assertIdle();
    if (this.#steps) await this.#hold(asSingle((await this.#steps.finish()).x));
  }

  /** All that later steps depend on: parameters, statistics, the algorithm's state and the step. It shares their memory. */
  async snapshot(): Promise<Snapshot> {
    this.#assertIdle();
    return {
      algorithm: this.algorithm.name,
      model: this.#flat.signature,
      k: this.#k,
      x: this.#held,
      statistics: await this.#statistics.read(),
      state: await this.#steps?.state()
    };
  }

  /**
   * Goes on from a snapshot.
   * @param what names it in an error
   * @throws CHECKPOINT_OTHER for that of another model or algorithm
   */
  async restore({ k, x, statistics, state, ...made }: Snapshot, what = 'The state'): Promise<void> {
    this.#assertIdle();
    this.#assertSame('model', made.model, this.#flat.signature, what);
    this.#assertSame('algorithm', made.algorithm, this.algorithm.name, what);
    await this.#hold(x);
    await this.#statistics.write(statistics);
    this.#k = k;
    this.#steps = state && this.#stepsFrom({ state, k });
  }

  async pack(): Promise<Uint8Array> {
    return packed(await this.snapshot());
  }

  async unpack(bytes: Uint8Array): Promise<void> {
    await this.restore(unpacked(bytes) as Snapshot, 'The state of that rank');
  }

  /** Only now, because there are algorithms whose first state needs a gradient. */
  async #begin(): Promise<Steps<State>> {
    const steps = this.#stepsFrom();
    await steps.state();
    return steps;
  }

  #stepsFrom(resumed?: { state: State; k: number }): Steps<State> {
    const { topology, stepsPerCommunication, communicator } = this.#options;
    const gradient: Node['gradient'] = async x => asVector(await this.#gradientAt(asSingle(x)));
    return stepsOf(this.algorithm, {
      x0: asVector(this.#held),
      node: { communicator, gradient },
      ...(topology && { topology }),
      ...(stepsPerCommunication && { stepsPerCommunication }),
      ...(resumed && { resumed })
    });
  }

  /** The gradient of the current batch, with weight decay. */
  async #gradientAt(x: Float32Array): Promise<Float32Array> {
    await this.#hold(x);
    const slope = await slopeOf(this.#flat, this.#batch!);
    assertFinite(slope, this.#flat, { rank: this.communicator.rank, step: this.#k });
    this.#loss ??= slope.loss;
    return this.#decayed(slope.gradient, x);
  }

  #decayed(gradient: Float32Array, x: Float32Array): Float32Array {
    const { weightDecay = 0, decays = () => true } = this.#options;
    if (weightDecay === 0) return gradient;
    for (const { name, shape, start, size } of this.#flat.parameters) {
      if (!decays(name, shape)) continue;
      const part = gradient.subarray(start, start + size);
      axpy(weightDecay, x.subarray(start, start + size), part, part);
    }
    return gradient;
  }

  /** Puts x into the variables, if it is not there. */
  async #hold(x: Float32Array): Promise<void> {
    if (x === this.#held) return;
    await this.#flat.write(x);
    this.#held = x;
  }

  #assertIdle(): void {
    if (this.#batch === undefined) return;
    throw new DecentLabError('VALUE_INVALID', {
      what: 'DistributedOptimizer',
      expected: 'one call after the other (await each)',
      received: 'a call before the end of a step'
    });
  }

  #assertSame(kind: string, saved: string, own: string, what: string): void {
    if (saved === own) return;
    const named = (name: string): string =>
      kind === 'model' ? `a ${name}` : `the ${kind} ${name}`;
    throw new DecentLabError('CHECKPOINT_OTHER', { what, saved: named(saved), own: named(own) });
  }
}

/**
 * The optimizer of a model on this rank; every rank makes one, of equal models. They begin with the weights of rank 0.
 * @param algorithm one of the library's (`decentlam({ gamma })`, `adaptThenCombine(adam({ gamma }))`, …), or your own
 * @throws DISAGREEMENT if the ranks' models differ in shape; MODEL_EMPTY, VALUE_INVALID
 */
export async function optimizerOf(
  given: Trainable,
  algorithm: Algorithm,
  options: DistributedOptions
): Promise<DistributedOptimizer> {
  const model = modelOf(given);
  assertOptions(algorithm, options);
  assertUnconstrained(model);
  const flat = trainable(model, 'distributedOptimizer: the model');
  const statistics = new FlatParameters(model.nonTrainableWeights);
  const { rootRank = 0, communicator } = options;
  const own = rootRank === null ? [await flat.read(), await statistics.read()] : undefined;
  // Also where each rank keeps its own: it shows whether the models are alike.
  await communicator.broadcast(withAllWeights(model), rootRank ?? 0);
  if (own) await Promise.all([flat.write(own[0]), statistics.write(own[1])]);
  const x = own ? own[0] : await flat.read();
  const isAveraged = options.statistics === 'averaged';
  const used = isAveraged ? withStatistics(algorithm, statistics) : algorithm;
  return new DistributedOptimizer(used, { flat, statistics, x }, options);
}
