/** Check cells: compare a value with one that the code under test did not compute, and say both. */
import { DecentLabError } from '../../errors.js';

/** What the value is compared with: exactly one of `expected`, `below` and `above`. */
export interface CheckOptions {
  /** Compared entry by entry. A list checks every entry; a single number checks all of them. */
  expected?: number | boolean | ArrayLike<number>;
  /** The value must be smaller than this. */
  below?: number;
  /** The value must be larger than this. */
  above?: number;
  /** Largest |seen − expected| / |expected|. Defaults to 1e-6. */
  relative?: number;
  /** Largest |seen − expected|, accepted in place of `relative`. Defaults to 1e-12. */
  absolute?: number;
  /** One sentence for those whose value differs. */
  hint?: string;
}

type Seen = number | boolean | ArrayLike<number>;

/** The outcome of a check. JupyterLab shows it as one line; `passed` serves tests and scripts. */
export class CheckResult {
  constructor(
    readonly id: string,
    readonly passed: boolean,
    readonly seen: string,
    readonly expected: string,
    readonly hint: string
  ) {}

  /** `✓ 2.1  seen 0.8047, expected 0.8047`, or `✗ …` and the hint. */
  toString(): string {
    const line = `${this.passed ? '✓' : '✗'} ${this.id}  seen ${this.seen}, expected ${this.expected}`;
    return this.passed || this.hint === '' ? line : `${line}\n  Hint: ${this.hint}`;
  }

  [Symbol.for('Jupyter.display')](): Record<string, string> {
    const colour = this.passed ? '--jp-success-color1' : '--jp-error-color1';
    const hint =
      this.passed || this.hint === '' ? '' : `<br><em>Hint:</em> ${escapeHtml(this.hint)}`;
    return {
      'text/html':
        `<div role="status"><strong style="color: var(${colour})">${this.passed ? '✓' : '✗'} Check ` +
        `${escapeHtml(this.id)}</strong>: seen <code>${escapeHtml(this.seen)}</code>, ` +
        `expected <code>${escapeHtml(this.expected)}</code>${hint}</div>`,
      'text/plain': this.toString()
    };
  }
}

/**
 * Compares `seen` with what a lesson expects.
 *
 * @param id number of the check in its lesson, e.g. `2.1`
 * @param seen a number, a truth value or a list; NaN and an empty list never pass
 * @throws VALUE_INVALID if not exactly one of `expected`, `below` and `above` is given
 */
export function check(id: string, seen: Seen, options: CheckOptions): CheckResult {
  const { hint = '' } = options;
  const criterion = criterionOf(id, options);
  const values = entriesOf(seen);
  const passed =
    values.length > 0 && criterion.lengthFits(values.length) && values.every(criterion.accepts);
  return new CheckResult(id, passed, describe(seen), criterion.sentence, hint);
}

interface Criterion {
  sentence: string;
  accepts: (value: number, index: number) => boolean;
  lengthFits: (length: number) => boolean;
}

const anyLength = (): boolean => true;

function criterionOf(
  id: string,
  { expected, below, above, relative = 1e-6, absolute = 1e-12 }: CheckOptions
): Criterion {
  const given = [expected, below, above].filter(bound => bound !== undefined).length;
  if (given !== 1) {
    throw new DecentLabError('VALUE_INVALID', {
      what: `check('${id}')`,
      expected: 'exactly one of expected, below and above',
      received: `${given} of them`
    });
  }
  if (below !== undefined)
    return { sentence: `below ${format(below)}`, accepts: v => v < below, lengthFits: anyLength };
  if (above !== undefined)
    return { sentence: `above ${format(above)}`, accepts: v => v > above, lengthFits: anyLength };
  const targets = entriesOf(expected as Seen);
  const target = (index: number): number => targets[targets.length === 1 ? 0 : index];
  return {
    sentence: describe(expected as Seen),
    accepts: (value, index) => {
      const distance = Math.abs(value - target(index));
      return distance <= absolute || distance <= relative * Math.abs(target(index));
    },
    lengthFits: length => targets.length === 1 || targets.length === length
  };
}

function entriesOf(value: Seen): number[] {
  if (typeof value === 'number' || typeof value === 'boolean') return [Number(value)];
  return Array.from(value);
}

const SHOWN_ENTRIES = 8;

function describe(value: Seen): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return format(value);
  const shown = Array.from(value).slice(0, SHOWN_ENTRIES).map(format).join(', ');
  return `[${shown}${value.length > SHOWN_ENTRIES ? `, … ${value.length} entries` : ''}]`;
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
}

function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
