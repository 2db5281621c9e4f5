/** The one table of errors: every error a user can meet has a code, a sentence with the value received, and a remedy. */

type Sentence = (detail: Record<string, unknown>) => string;

interface ErrorEntry {
  readonly sentence: Sentence;
  readonly remedy: string;
}

const table = {
  SHAPE_MISMATCH: {
    sentence: d => `${d.what}: expected ${d.expected}, received ${d.received}.`,
    remedy: 'Make the shapes equal before the call; print `x.length` on every rank to find the odd one.'
  },
  VALUE_INVALID: {
    sentence: d => `${d.what}: expected ${d.expected}, received ${d.received}.`,
    remedy: 'Check the argument named here.'
  },
  NOT_ON_ENGINE: {
    sentence: d => `${d.name}() was called in a client cell, but only engines have a rank and neighbours.`,
    remedy: 'Start the cell with %%px to run it on the engines.'
  },
  NOT_ON_CLIENT: {
    sentence: d => `${d.name} was used in an engine cell, but engines cannot start or steer a cluster.`,
    remedy: 'Remove %%px from the first line of the cell.'
  }
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof table;

/** All error codes, for the documentation and its test. */
export const errorCodes = Object.keys(table) as ErrorCode[];

/**
 * An error from the table. `message` is the sentence and the remedy; `code` is stable and may be tested for.
 */
export class DecentLabError extends Error {
  readonly code: ErrorCode;
  readonly detail: Record<string, unknown>;

  constructor(code: ErrorCode, detail: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(describeError(code, detail), options);
    this.name = 'DecentLabError';
    this.code = code;
    this.detail = detail;
  }
}

/** The sentence and the remedy of an error. */
export function describeError(code: ErrorCode, detail: Record<string, unknown>): string {
  const entry: ErrorEntry = table[code];
  return `${entry.sentence(detail)} ${entry.remedy}`;
}
