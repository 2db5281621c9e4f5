/** The one table of errors: every error a user can meet has a code, a sentence with the value received, and a remedy. */

type Sentence = (detail: Record<string, unknown>) => string;

interface ErrorEntry {
  readonly sentence: Sentence;
  readonly remedy: string;
}

const table = {
  DISAGREEMENT: {
    sentence: d => `The ranks disagree: rank ${d.rank} ${d.said}, but rank ${d.otherRank} ${d.otherSaid}.`,
    remedy: 'Let every rank make the same calls, in the same order, with values of one type and shape.'
  },
  PEER_FAILED: {
    sentence: d => `${d.call} waited for rank ${d.rank}, which ended: ${d.error}.`,
    remedy: 'Mend the error of that rank first; the others only wait for it.'
  },
  CALL_TIMEOUT: {
    sentence: d => `${d.call} still waited for rank ${d.rank} after ${d.limit} ms, its time limit.`,
    remedy: 'See what that rank is doing, or raise the limit with the option `timeout`.'
  },
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
  },
  MAGIC_UNKNOWN: {
    sentence: d => `A cell may begin with %%px and its options; received "${d.received}".`,
    remedy: 'Write %%px on the first line to run the cell on the engines, or remove the line.'
  },
  MAGIC_FLAG: {
    sentence: d => `%%px does not understand "${d.received}".`,
    remedy:
      'Its options are: --targets 0,2:4 (ranks), --noblock (do not wait), --local (on the client too), --group-outputs order|engine.'
  },
  NO_CLUSTER: {
    sentence: () => '%%px runs on engines, but this notebook has no cluster.',
    remedy: 'Start one in a cell of its own: `const cluster = await Cluster.start({ engines: 4 })`.'
  },
  CLIENT_ENDED: {
    sentence: d =>
      `The process that runs this notebook's cells ended (${d.cause}), so the variables of all cells are gone; the cluster and its engines are untouched.`,
    remedy: 'A new process has started: run the cells again from the top.'
  },
  CLIENT_NOT_STARTED: {
    sentence: d => `The process that runs this notebook's cells could not start (${d.cause}).`,
    remedy: 'Run `npm run build` in the project, then restart the kernel.'
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
