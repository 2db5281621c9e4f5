/** The first line of a cell: `%%px` and its options. The rest of the cell keeps its lines and columns. */
import { DecentLabError } from '../../errors.js';

/** Where and how a `%%px` cell runs. */
export interface PxOptions {
  /** Ranks as typed, e.g. `0,2:4`; null means all. */
  readonly targets: string | null;
  /** False returns at once; the outputs come later, below their own cell. */
  readonly block: boolean;
  /** Runs the cell on the client too. */
  readonly local: boolean;
  /** `order` prints as it arrives, `engine` rank after rank at the end. */
  readonly groupOutputs: 'order' | 'engine';
}

/** What a cell asks for. `source` has the magic line blanked, so that positions stay true. */
export type ParsedCell =
  | { readonly where: 'client'; readonly source: string }
  | { readonly where: 'engines'; readonly source: string; readonly options: PxOptions };

const FIRST_LINE = /^\s*%%?([A-Za-z]*)([^\n]*)/;

type Draft = { -readonly [Name in keyof PxOptions]: PxOptions[Name] };
type Flag = (draft: Draft, value: string | undefined) => void;

/** Every option of `%%px`; those that take a value say what it looks like. */
const flags: Record<string, { readonly value?: string; readonly set: Flag }> = {
  '--targets': { value: '0,2:4', set: (draft, value) => (draft.targets = value ?? null) },
  '--noblock': { set: draft => (draft.block = false) },
  '--block': { set: draft => (draft.block = true) },
  '--local': { set: draft => (draft.local = true) },
  '--group-outputs': {
    value: 'order|engine',
    set: (draft, value) => {
      if (value !== 'order' && value !== 'engine') throw invalidFlag(`--group-outputs ${value}`);
      draft.groupOutputs = value;
    }
  }
};

/** The options of `%%px`, for completion and for error messages. */
export const pxFlags = Object.entries(flags).map(([name, { value }]) =>
  value ? `${name} ${value}` : name
);

/**
 * Reads the magic of a cell. Defaults of `%%px`: all ranks, wait for the end, outputs in the order they arrive.
 * @throws DecentLabError MAGIC_UNKNOWN, MAGIC_FLAG
 */
export function parseCell(source: string): ParsedCell {
  const [line, name, rest] = FIRST_LINE.exec(source) ?? [];
  if (line === undefined) return { where: 'client', source };
  if (name !== 'px' || !line.trimStart().startsWith('%%')) {
    throw new DecentLabError('MAGIC_UNKNOWN', { received: line.trim() });
  }
  return { where: 'engines', source: blankMagic(source), options: parseOptions(rest ?? '') };
}

/** The cell without its magic line, which becomes spaces: every other character stays where it was. */
export function blankMagic(source: string): string {
  return source.replace(FIRST_LINE, line => line.replace(/[^\n]/g, ' '));
}

/** True for a cell that begins with `%%px`, whatever its options are. */
export function isEngineCell(source: string): boolean {
  return /^\s*%%px\b/.test(source);
}

function parseOptions(text: string): PxOptions {
  const draft: Draft = { targets: null, block: true, local: false, groupOutputs: 'order' };
  const words = text.trim().replaceAll('=', ' ').split(/\s+/).filter(Boolean);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const flag = Object.hasOwn(flags, word) ? flags[word] : undefined;
    if (!flag) throw invalidFlag(word);
    const value = flag.value ? words.shift() : undefined;
    if (flag.value && value === undefined) throw invalidFlag(`${word} without a value`);
    flag.set(draft, value);
  }
  return draft;
}

function invalidFlag(received: string): DecentLabError {
  return new DecentLabError('MAGIC_FLAG', { received, expected: pxFlags.join('  ') });
}
