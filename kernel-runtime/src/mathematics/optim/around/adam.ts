/**
 * Adam: m⁺ = β₁ m + (1 − β₁) g; v⁺ = β₂ v + (1 − β₂) g²; descent γ m̂ / (√v̂ + ε) + γ δ x, with m̂ = m⁺ / (1 − β₁ᵗ),
 * v̂ = v⁺ / (1 − β₂ᵗ) and t = k + 1.
 * Sources: Kingma and Ba 2015, Adam; the decay δ beside the gradient: Loshchilov and Hutter 2019, AdamW.
 */
import type { Vector } from '../../math/matrix.js';
import { zerosLike } from '../../math/vectors.js';
import { checkedOptions, type StepOptions } from '../options.js';
import { rateAt } from '../rates.js';
import type { Rule } from './rule.js';

export interface AdamOptions extends StepOptions {
  /** The weight of the past in the mean of gradients. Defaults to 0.9. */
  beta1?: number;
  /** The weight of the past in the mean of squares. Defaults to 0.999. */
  beta2?: number;
  /** ε, against division by 0. Defaults to 1e-8. */
  epsilon?: number;
  /** δ, which is not divided by √v̂. Defaults to 0. */
  weightDecay?: number;
}

export interface AdamMemory {
  m: Vector;
  v: Vector;
}

/** Adam with step size γ, β₁ = 0.9, β₂ = 0.999, ε = 1e-8 and δ = 0 unless given. */
export function adam(options: AdamOptions): Rule<AdamMemory> {
  const { gamma, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  return {
    name: 'adam',
    options: checkedOptions('adam', { gamma, beta1, beta2, epsilon, weightDecay }),
    init: x => ({ m: zerosLike(x), v: zerosLike(x) }),
    step: (past, { x, g }, k) => {
      const [m, v, descent] = [zerosLike(x), zerosLike(x), zerosLike(x)];
      const rate = rateAt(gamma, k);
      const [scaleM, scaleV] = [1 / (1 - beta1 ** (k + 1)), 1 / (1 - beta2 ** (k + 1))];
      for (let i = 0; i < x.length; i++) {
        m[i] = beta1 * past.m[i] + (1 - beta1) * g[i];
        v[i] = beta2 * past.v[i] + (1 - beta2) * g[i] * g[i];
        const direction = (scaleM * m[i]) / (Math.sqrt(scaleV * v[i]) + epsilon);
        descent[i] = rate * (direction + weightDecay * x[i]);
      }
      return { memory: { m, v }, descent };
    }
  };
}
