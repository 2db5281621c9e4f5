/** What `decentlab bench tensor` and `gpu-check` time beside Python's torch. */

export interface OperationRow {
  readonly what: string;
  /** The name that all sides know. */
  readonly name: string;
  /** How many calls are timed together. */
  readonly batch: number;
  /** The same on a GPU, which is waited for once after each batch. */
  readonly gpuBatch: number;
}

export const ROWS: readonly OperationRow[] = [
  { what: 'add, 10 numbers', name: 'add', batch: 1000, gpuBatch: 2000 },
  { what: 'matrix product, 1024 x 1024', name: 'matmul', batch: 1, gpuBatch: 200 },
  { what: 'least-squares step, A 1000 x 100', name: 'leastSquares', batch: 50, gpuBatch: 400 }
];
