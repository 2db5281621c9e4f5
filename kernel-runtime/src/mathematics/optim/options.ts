/** The options of algorithms: what each means, and which values it may have. */
import { DecentLabError } from '../../errors.js';
import type { Rate } from './rates.js';

export interface StepOptions {
  /** The step size γ, or its value in step k. */
  gamma: Rate;
}

export interface MomentumOptions extends StepOptions {
  /** The momentum β, from 0 to below 1, or its value in step k. Defaults to 0.9. */
  beta?: Rate;
}

export interface LookAheadOptions extends MomentumOptions {
  /** Goes along G + β M⁺ in place of M⁺. Defaults to false. */
  nesterov?: boolean;
}

interface Range {
  readonly expected: string;
  fits(value: unknown): boolean;
}

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);
const isRate = (value: unknown, fits: (value: number) => boolean): boolean =>
  typeof value === 'function' || (isNumber(value) && fits(value));
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 1;

const rate: Range = {
  expected: 'a finite number >= 0, or a function of k',
  fits: value => isRate(value, number => number >= 0)
};
const momentum: Range = {
  expected: 'a number from 0 to below 1, or a function of k',
  fits: value => isRate(value, number => number >= 0 && number < 1)
};
const count: Range = { expected: 'a whole number >= 1', fits: isCount };
const positive: Range = { expected: 'a number > 0', fits: v => isNumber(v) && v > 0 };
const atLeastZero: Range = { expected: 'a number >= 0', fits: v => isNumber(v) && v >= 0 };
const truth: Range = { expected: 'true or false', fits: value => typeof value === 'boolean' };
const sizes: Range = {
  expected: 'whole numbers >= 1, the sizes of the layers',
  fits: value => value === undefined || (Array.isArray(value) && value.every(isCount))
};

const RANGES: Readonly<Record<string, Range>> = {
  gamma: rate,
  beta: momentum,
  mu: momentum,
  beta1: momentum,
  beta2: momentum,
  epsilon: positive,
  slowBeta: momentum,
  alpha: positive,
  eta: positive,
  tau: count,
  period: count,
  weightDecay: atLeastZero,
  nesterov: truth,
  layers: sizes
};

/**
 * The options of an algorithm, once their values are seen to be possible.
 * @throws VALUE_INVALID naming the algorithm and the option
 */
export function checkedOptions<O extends Readonly<Record<string, unknown>>>(
  algorithm: string,
  options: O
): O {
  for (const [name, value] of Object.entries(options)) {
    const range = RANGES[name];
    if (!range || range.fits(value)) continue;
    const what = `${algorithm}, ${name}`;
    throw new DecentLabError('VALUE_INVALID', { what, expected: range.expected, received: value });
  }
  return options;
}
