/** The exponent of a power law, by least squares in log-log coordinates. */

export interface PowerLaw {
  /** y ≈ factor · x^exponent. */
  exponent: number;
  factor: number;
}

/**
 * Fits y ≈ c x^p: the line log y = log c + p log x of least squares. Pairs that are not positive
 * and finite are left out; with fewer than two different x both numbers are NaN.
 */
export function fitPowerLaw(x: ArrayLike<number>, y: ArrayLike<number>): PowerLaw {
  const pairs = Array.from(x, (value, k) => [Math.log(value), Math.log(y[k])]).filter(pair =>
    pair.every(Number.isFinite)
  );
  const mean = (index: number): number =>
    pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = pairs.reduce((sum, [u, v]) => sum + (u - meanX) * (v - meanY), 0);
  const variance = pairs.reduce((sum, [u]) => sum + (u - meanX) ** 2, 0);
  const exponent = variance === 0 ? NaN : covariance / variance;
  return { exponent, factor: Math.exp(meanY - exponent * meanX) };
}
