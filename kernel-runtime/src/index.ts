/** The public API. Re-exports only. */
export { DecentLabError } from './errors.js';
export { Matrix, type Vector } from './mathematics/math/matrix.js';
