/** Vectors are Float64Array; a matrix is a Float64Array with a shape, stored row by row. */
import { DecentLabError } from '../../errors.js';

export type Vector = Float64Array;

export class Matrix {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;

  /**
   * @param data entries row by row, not copied
   * @throws SHAPE_MISMATCH if `data.length` is not `rows * columns`
   */
  constructor(data: Float64Array, rows: number, columns: number) {
    if (data.length !== rows * columns) {
      throw new DecentLabError('SHAPE_MISMATCH', {
        what: 'Matrix',
        expected: `${rows} x ${columns} = ${rows * columns} entries`,
        received: `${data.length} entries`
      });
    }
    this.data = data;
    this.rows = rows;
    this.columns = columns;
  }

  /** A matrix from nested rows of equal length. */
  static from(rows: ArrayLike<ArrayLike<number>>): Matrix {
    const columns = rows.length === 0 ? 0 : rows[0].length;
    const data = new Float64Array(rows.length * columns);
    for (let i = 0; i < rows.length; i++) {
      if (rows[i].length !== columns) {
        throw new DecentLabError('SHAPE_MISMATCH', {
          what: `Matrix.from, row ${i}`,
          expected: `${columns} entries as in row 0`,
          received: `${rows[i].length} entries`
        });
      }
      data.set(rows[i], i * columns);
    }
    return new Matrix(data, rows.length, columns);
  }

  at(i: number, j: number): number {
    return this.data[i * this.columns + j];
  }

  /** Row i, as a view on the matrix. */
  row(i: number): Vector {
    return this.data.subarray(i * this.columns, (i + 1) * this.columns);
  }

  toRows(): number[][] {
    return Array.from({ length: this.rows }, (_, i) => Array.from(this.row(i)));
  }
}
