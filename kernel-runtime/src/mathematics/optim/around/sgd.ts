/**
 * SGD with momentum: m⁺ = β m + g; descent γ m⁺, or γ (g + β m⁺) with look-ahead; β = 0 is plain SGD.
 * Sources: Polyak 1964; Nesterov 1983 in the form of Sutskever et al. 2013.
 */
import { scale, zerosLike } from '../../math/vectors.js';
import { accelerated } from '../momentum.js';
import { checkedOptions, type LookAheadOptions } from '../options.js';
import { rateAt } from '../rates.js';
import type { Rule } from './rule.js';

/** SGD with step size γ, momentum β = 0 and no look-ahead unless given. */
export function sgd({ gamma, beta = 0, nesterov = false }: LookAheadOptions): Rule<Float64Array> {
  return {
    name: 'sgd',
    options: checkedOptions('sgd', { gamma, beta, nesterov }),
    init: x => zerosLike(x),
    step: (m, { g }, k) => {
      const next = accelerated({ m, g }, rateAt(beta, k), nesterov);
      return { memory: next.m, descent: scale(rateAt(gamma, k), next.direction) };
    }
  };
}
