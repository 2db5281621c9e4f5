/**
 * PmSGD with LARS, layer-wise adaptive rates. Per layer l of the parameters, with g the average gradient of all nodes:
 * λ = η ‖w‖ / (‖g‖ + δ ‖w‖); v⁺ = β v + γ λ (g + δ w); w⁺ = w − v⁺. A layer with w = 0 or g = δ w = 0 has no scale yet: λ = 1.
 * Source: You, Gitman and Ginsburg 2017, Large batch training of convolutional networks.
 */
import { DecentLabError } from '../../errors.js';
import { sub } from '../math/elementwise.js';
import type { Vector } from '../math/matrix.js';
import { axpy, norm, scale, zerosLike } from '../math/vectors.js';
import type { Algorithm, State } from './algorithm.js';
import { checkedOptions, type MomentumOptions } from './options.js';
import { rateAt } from './rates.js';

export interface LarsOptions extends MomentumOptions {
  /** The trust coefficient η. Defaults to 0.001. */
  eta?: number;
  /** The weight decay δ. Defaults to 0. */
  weightDecay?: number;
  /** How many parameters each layer has, in their order in x. Defaults to one layer of all. */
  layers?: readonly number[];
}

export interface LarsState extends State {
  /** The velocity v. */
  v: Vector;
}

/**
 * PmSGD with LARS: step size γ, β = 0.9, η = 0.001 and δ = 0 unless given. All nodes must start at the same x⁰.
 * @throws SHAPE_MISMATCH at the start if the layers do not add up to the length of x
 */
export function pmsgdLars(options: LarsOptions): Algorithm<LarsState> {
  const { gamma, beta = 0.9, eta = 0.001, weightDecay = 0, layers } = options;
  return {
    name: 'pmsgd-lars',
    averagesGradients: true,
    options: checkedOptions('pmsgd-lars', { gamma, beta, eta, weightDecay, layers }),
    init: x => {
      assertLayers(layers, x.length);
      return { x, v: zerosLike(x) };
    },
    step: async ({ x, v }, node, k) => {
      const g = await node.communicator.allreduce(await node.gradient(x));
      const decayed = axpy(weightDecay, x, g);
      const next = scale(rateAt(beta, k), v);
      let start = 0;
      for (const size of layers ?? [x.length]) {
        const layer = (all: Vector): Vector => all.subarray(start, start + size);
        const rate = rateAt(gamma, k) * trust(layer(x), layer(g), { eta, weightDecay });
        next.set(axpy(rate, layer(decayed), layer(next)), start);
        start += size;
      }
      return { x: sub(x, next), v: next };
    }
  };
}

/** λ of one layer. */
function trust(
  w: Vector,
  g: Vector,
  { eta, weightDecay }: { eta: number; weightDecay: number }
): number {
  const [size, slope] = [norm(w), norm(g) + weightDecay * norm(w)];
  return size > 0 && slope > 0 ? (eta * size) / slope : 1;
}

function assertLayers(layers: readonly number[] | undefined, length: number): void {
  const total = layers?.reduce((sum, size) => sum + size, 0) ?? length;
  if (total === length) return;
  throw new DecentLabError('SHAPE_MISMATCH', {
    what: 'pmsgd-lars, layers',
    expected: `sizes that add up to ${length}, the length of x`,
    received: total
  });
}
