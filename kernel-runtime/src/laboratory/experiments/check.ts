/** Check cells: compare a value with one that the code under test did not compute, and say both. */
import { DecentLabError } from '../../errors.js';
import { checkBeside, unknownCheck, type WrittenCheck } from './check-files.js';

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

/** A check that computes: from the student's value, what is compared (the value itself, if nothing is said) with what. */
export type CheckFunction = (seen: never) => Judgement;

type Judgement = CheckOptions & { seen?: Seen };

/** Checks by id, as a file `NAME.checks.ts` beside the lesson exports them. */
export type CheckTable = Readonly<Record<string, CheckOptions | CheckFunction>>;

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
 * @param options what it is compared with; without them, `NAME.checks.json` beside the lesson says so
 * @throws VALUE_INVALID if not exactly one of `expected`, `below` and `above` is given; CHECK_UNKNOWN if no file has it
 */
export function check(id: string, seen: Seen, options?: CheckOptions): CheckResult;
/** The same with a table of checks, which may be functions of what was seen: CHECK_FAILED if one throws. */
export function check(id: string, seen: unknown, checks: CheckTable): CheckResult;
export function check(
  id: string,
  seen: unknown,
  given: CheckOptions | CheckTable = checkBeside(id)
): CheckResult {
  const definition = isOptions(given) ? given : definitionIn(given, id);
  const asked: Judgement = isFunction(definition) ? judgementOf(id, definition, seen) : definition;
  const compared = 'seen' in asked ? asked.seen : seen;
  const criterion = criterionOf(id, asked);
  const values = entriesOf(compared);
  const passed =
    values.length > 0 && criterion.lengthFits(values.length) && values.every(criterion.accepts);
  return new CheckResult(id, passed, describe(compared), criterion.sentence, hintOf(id, asked));
}

/** An exercise has hints of its own, which are read one after the other. */
function hintOf(id: string, { hint, hints = [] }: Judgement & Pick<WrittenCheck, 'hints'>): string {
  if (hint !== undefined || hints.length === 0) return hint ?? '';
  return hints.length === 1
    ? `hint('${id}') shows one.`
    : `hint('${id}') shows the first of ${hints.length}.`;
}

const OPTION_WORDS = [
  'expected',
  'below',
  'above',
  'relative',
  'absolute',
  'hint',
  'hints',
  'title'
];

function isOptions(given: CheckOptions | CheckTable): given is CheckOptions {
  return Object.keys(given).every(word => OPTION_WORDS.includes(word));
}

function definitionIn(table: CheckTable, id: string): CheckOptions | CheckFunction {
  if (Object.hasOwn(table, id)) return table[id];
  throw unknownCheck(id, 'in the table given', Object.keys(table));
}

function isFunction(definition: CheckOptions | CheckFunction): definition is CheckFunction {
  return typeof definition === 'function';
}

function judgementOf(id: string, compute: CheckFunction, seen: unknown): Judgement {
  try {
    return compute(seen as never);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const detail = { id, cause: cause.replace(/\.$/, ''), received: describe(seen) };
    throw new DecentLabError('CHECK_FAILED', detail, { cause: error });
  }
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
  const targets = entriesOf(expected);
  const target = (index: number): number => targets[targets.length === 1 ? 0 : index];
  return {
    sentence: describe(expected),
    accepts: (value, index) => {
      const distance = Math.abs(value - target(index));
      return distance <= absolute || distance <= relative * Math.abs(target(index));
    },
    lengthFits: length => targets.length === 1 || targets.length === length
  };
}

/** None for what is no number, truth value or list: it never passes. */
function entriesOf(value: unknown): number[] {
  if (typeof value === 'number' || typeof value === 'boolean') return [Number(value)];
  return isList(value) ? Array.from(value) : [];
}

function isList(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

const SHOWN_ENTRIES = 8;

function describe(value: unknown): string {
  if (typeof value === 'number') return format(value);
  if (!isList(value))
    return typeof value === 'object' && value ? value.constructor.name : String(value);
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
