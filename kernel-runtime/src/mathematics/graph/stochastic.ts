/** The condition under which x⁺ = W x keeps the average: rows and columns of W sum to 1. */
import type { Matrix } from '../math/matrix.js';
import { sum } from '../math/vectors.js';
import { transpose } from '../math/matrices.js';

const TOLERANCE = 1e-10;

export interface Verdict {
  ok: boolean;
  /** The verdict in one sentence, with the number of the row or column that is wrong. */
  why: string;
}

/**
 * Whether W is doubly stochastic: no negative entry, every row and every column sums to 1 (to 1e-10).
 * Rows that sum to 1 let the nodes agree; columns that sum to 1 keep the average.
 */
export function isDoublyStochastic(W: Matrix): Verdict {
  if (W.rows !== W.columns) return { ok: false, why: `W is ${W.rows} x ${W.columns}, not square.` };
  const negative = W.data.findIndex(weight => !(weight >= 0));
  if (negative >= 0) {
    const [i, j] = [Math.floor(negative / W.columns), negative % W.columns];
    return {
      ok: false,
      why: `W[${i}][${j}] is ${W.data[negative]}, and weights cannot be negative.`
    };
  }
  const row = oddSum(W);
  if (row)
    return {
      ok: false,
      why: `Row ${row.index} sums to ${row.total}, not 1: node ${row.index} leaves the agreement.`
    };
  const column = oddSum(transpose(W));
  if (column) {
    return {
      ok: false,
      why: `Column ${column.index} sums to ${column.total}, not 1: the average of all nodes drifts.`
    };
  }
  return { ok: true, why: 'Every row and every column sums to 1.' };
}

function oddSum(W: Matrix): { index: number; total: number } | undefined {
  for (let index = 0; index < W.rows; index++) {
    const total = sum(W.row(index));
    if (!(Math.abs(total - 1) <= TOLERANCE)) return { index, total };
  }
  return undefined;
}
