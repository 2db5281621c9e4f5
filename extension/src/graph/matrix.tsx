/** W as a table: shades for weights, the sums of rows and columns in the margin, ρ and the spectral gap. */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { edgeKey, shortNumber } from './scene.js';

interface MatrixProps {
  /** Row by row; null for a rank that has not told its row. */
  rows: readonly (number[] | null)[];
  /** ‖W − 11ᵀ/n‖₂; null if it is not known. */
  rho: number | null;
  trans: TranslationBundle;
  /** The edge that is emphasised, as `from-to`. */
  marked: string;
  onMark(key: string): void;
}

/** More ranks than this, and a cell is too small for its number. */
const mostWithNumbers = 10;
const tolerance = 1e-9;

/** The heat map of W; row i is the receiver i. */
export function Matrix({ rows, rho, trans, marked, onMark }: MatrixProps): React.JSX.Element {
  const size = rows.length;
  const isWritten = size <= mostWithNumbers;
  const heaviest = Math.max(...rows.flatMap(row => row ?? []), 1e-12);
  const columnSums = rows.map((_, j) => rows.reduce((sum, row) => sum + (row?.[j] ?? NaN), 0));
  return (
    <section aria-label={trans.__('Matrix W')}>
      <h3>{trans.__('W: row i takes from column j')}</h3>
      <div
        className="jp-DecentLabGraph-scroll"
        tabIndex={0}
        role="group"
        aria-label={trans.__('Weights')}
      >
        <table className="jp-DecentLabMatrix" aria-label={trans.__('Weights of W')}>
          <thead>
            <tr>
              <td />
              {rows.map((_, j) => (
                <th scope="col" key={j}>
                  {j}
                </th>
              ))}
              <th scope="col">{trans.__('Sum')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                <th scope="row">{i}</th>
                {rows.map((_, j) => (
                  <Cell
                    key={j}
                    weight={row?.[j]}
                    share={(row?.[j] ?? 0) / heaviest}
                    isWritten={isWritten}
                    isMarked={i !== j && [edgeKey(i, j), edgeKey(j, i)].includes(marked)}
                    title={trans.__('w of %1 from %2: %3', i, j, shortNumber(row?.[j] ?? NaN))}
                    onEnter={() => onMark(edgeKey(j, i))}
                    onLeave={() => onMark('')}
                  />
                ))}
                <Sum value={row ? row.reduce((sum, weight) => sum + weight, 0) : NaN} />
              </tr>
            ))}
            <tr>
              <th scope="row">{trans.__('Sum')}</th>
              {columnSums.map((sum, j) => (
                <Sum key={j} value={sum} />
              ))}
              <td />
            </tr>
          </tbody>
        </table>
      </div>
      {rho !== null && (
        <p>{trans.__('ρ = %1, spectral gap 1 − ρ = %2', shortNumber(rho), shortNumber(1 - rho))}</p>
      )}
    </section>
  );
}

interface CellProps {
  weight: number | undefined;
  share: number;
  isWritten: boolean;
  isMarked: boolean;
  title: string;
  onEnter(): void;
  onLeave(): void;
}

function Cell(props: CellProps): React.JSX.Element {
  const { weight, share, isWritten, isMarked, title, onEnter, onLeave } = props;
  return (
    <td
      title={title}
      className={isMarked ? 'jp-mod-marked' : ''}
      style={{ '--share': `${Math.round(share * 100)}%` } as React.CSSProperties}
      onMouseEnter={onEnter}
      onMouseLeave={onLeave}
    >
      <span className={isWritten ? '' : 'jp-DecentLab-spoken'}>
        {weight === undefined ? '?' : weight === 0 ? '' : weight.toFixed(2)}
      </span>
    </td>
  );
}

/** A sum that is not 1 is emphasised, and says so by a sign too. */
function Sum({ value }: { value: number }): React.JSX.Element {
  if (Number.isNaN(value)) return <td>?</td>;
  const isOne = Math.abs(value - 1) < tolerance;
  return (
    <td className={isOne ? 'jp-mod-sum' : 'jp-mod-wrongSum'}>
      {isOne ? '1' : `≠ 1: ${shortNumber(value)}`}
    </td>
  );
}
