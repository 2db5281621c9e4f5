/** W as a table: shades for weights, the sums of rows and columns in the margin, ρ and the spectral gap. */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { edgeKey, shortNumber } from './scene.js';

interface MatrixProps {
  title: string;
  /** Row by row; null for a rank that has not told its row. */
  rows: readonly (number[] | null)[];
  /** ‖W − 11ᵀ/n‖₂; null if it is not known. */
  rho: number | null;
  trans: TranslationBundle;
  /** The engine that is looked at: its row and column are emphasised. */
  selected: number;
  /** The edge that is emphasised, as `from-to`. */
  marked: string;
  onMark(key: string): void;
}

/** More ranks than this, and a cell is too small for its number. */
const mostWithNumbers = 10;
const tolerance = 1e-9;

/** The heat map of W; row i is the receiver i. Arrow keys walk from cell to cell. */
export function Matrix(props: MatrixProps): React.JSX.Element {
  const { title, rows, rho, trans, selected, marked, onMark } = props;
  const [focus, setFocus] = React.useState<Place>([0, 0]);
  const table = React.useRef<HTMLTableElement>(null);
  const heaviest = Math.max(...rows.map(row => Math.max(...(row ?? []))), 1e-12);
  const columnSums = rows.map((_, j) => rows.reduce((sum, row) => sum + (row?.[j] ?? NaN), 0));
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const place = walk(focus, event.key, rows.length);
    if (!place) return;
    event.preventDefault();
    setFocus(place);
    cellAt(table.current, place)?.focus();
  };
  return (
    <section aria-label={trans.__('Matrix W')}>
      <h3>{title}</h3>
      <div className="jp-DecentLabGraph-scroll">
        <table
          ref={table}
          role="grid"
          className="jp-DecentLabMatrix"
          aria-label={trans.__('Weights of W')}
          onKeyDown={onKeyDown}
          onBlur={() => onMark('')}
        >
          <thead>
            <tr>
              <td />
              {rows.map((_, j) => (
                <th scope="col" key={j} className={j === selected ? 'jp-mod-selected' : ''}>
                  {j}
                </th>
              ))}
              <th scope="col">{trans.__('Sum')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <Row
                key={i}
                {...{ row, i, size: rows.length, heaviest, trans, onMark, setFocus, selected }}
                focus={focus[0] === i ? focus[1] : -1}
                marked={columnsOf(marked, i).join()}
              />
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

type Place = readonly [row: number, column: number];

/** Where a key leads; null for one that leads nowhere. */
function walk([i, j]: Place, key: string, size: number): Place | null {
  const steps: Record<string, Place> = {
    ArrowUp: [i - 1, j],
    ArrowDown: [i + 1, j],
    ArrowLeft: [i, j - 1],
    ArrowRight: [i, j + 1],
    Home: [i, 0],
    End: [i, size - 1]
  };
  const place = steps[key];
  return place ? [within(place[0], size), within(place[1], size)] : null;
}

function within(index: number, size: number): number {
  return Math.max(0, Math.min(size - 1, index));
}

function cellAt(table: HTMLTableElement | null, [i, j]: Place): HTMLElement | undefined {
  return table?.tBodies[0]?.rows[i]?.cells[j + 1];
}

/** The columns of a row that belong to an edge, in either direction. */
function columnsOf(marked: string, i: number): number[] {
  const [from = -1, to = -1] = marked === '' ? [] : marked.split('-').map(Number);
  return [...(to === i ? [from] : []), ...(from === i ? [to] : [])];
}

interface RowProps {
  row: number[] | null;
  i: number;
  size: number;
  heaviest: number;
  selected: number;
  /** The column of the cell that the Tab key reaches; −1 if it is in another row. */
  focus: number;
  /** The columns that are emphasised. */
  marked: string;
  trans: TranslationBundle;
  onMark(key: string): void;
  setFocus(place: Place): void;
}

/** Made anew only when something in it has changed: W of 64 ranks has 4096 cells, and they are told four times a second. */
const Row = React.memo(function Row(props: RowProps): React.JSX.Element {
  const { row, i, size, heaviest, selected, focus, marked, trans, onMark, setFocus } = props;
  const columns = marked.split(',');
  const sum = row ? row.reduce((total, weight) => total + weight, 0) : NaN;
  return (
    <tr>
      <th scope="row" className={i === selected ? 'jp-mod-selected' : ''}>
        {i}
      </th>
      {Array.from({ length: size }, (_, j) => {
        const weight = row?.[j];
        const mark = (): void => onMark(i === j ? '' : edgeKey(j, i));
        const classes = [
          columns.includes(String(j)) ? 'jp-mod-marked' : '',
          i === selected || j === selected ? 'jp-mod-selected' : ''
        ];
        return (
          <td
            key={j}
            title={trans.__('w of %1 from %2: %3', i, j, shortNumber(weight ?? NaN))}
            className={classes.join(' ').trim()}
            style={shareOf((weight ?? 0) / heaviest)}
            tabIndex={j === focus ? 0 : -1}
            onMouseEnter={mark}
            onMouseLeave={() => onMark('')}
            onFocus={() => {
              setFocus([i, j]);
              mark();
            }}
          >
            <span className={size <= mostWithNumbers ? '' : 'jp-DecentLab-spoken'}>
              {weight === undefined ? '?' : weight === 0 ? '' : weight.toFixed(2)}
            </span>
          </td>
        );
      })}
      <Sum value={sum} />
    </tr>
  );
}, isSameRow);

function isSameRow(a: RowProps, b: RowProps): boolean {
  const isSame = (key: 'size' | 'heaviest' | 'selected' | 'focus' | 'marked'): boolean =>
    a[key] === b[key];
  return (
    isSame('size') &&
    isSame('heaviest') &&
    isSame('selected') &&
    isSame('focus') &&
    isSame('marked') &&
    a.row?.join() === b.row?.join()
  );
}

function shareOf(share: number): React.CSSProperties {
  return { '--share': `${Math.round(share * 100)}%` } as React.CSSProperties;
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
