/** What engines are asked to do, and how it ended. Values travel as bytes that the controller passes on unread. */
import type { CellError, CompiledCell, MimeBundle, Output } from './cell.js';
import {
  hasShape,
  isBytes,
  isEither,
  isFlag,
  isListOf,
  isOneOf,
  isOptional,
  isRecord,
  isText,
  type Check
} from './checks.js';

/** Runs a cell. */
export interface ExecuteTask {
  readonly kind: 'execute';
  readonly cell: CompiledCell;
}

/** Gives variables new values. */
export interface PushTask {
  readonly kind: 'push';
  /** A record by name, packed. */
  readonly values: Uint8Array;
}

/** Reads variables; the reply's value is a record by name, packed. */
export interface PullTask {
  readonly kind: 'pull';
  readonly names: string[];
}

/** Calls a function; the reply's value is what it returned, packed. */
export interface ApplyTask {
  readonly kind: 'apply';
  readonly source: string;
  /** A list, packed. */
  readonly args: Uint8Array;
}

/** Lists the variables; the reply's value is a record of TypeScript types by name, packed. */
export interface VariablesTask {
  readonly kind: 'variables';
}

export type Task = ExecuteTask | PushTask | PullTask | ApplyTask | VariablesTask;

/** How a task ended on one rank. */
export type Reply =
  | { readonly status: 'ok'; readonly data?: MimeBundle; readonly value?: Uint8Array }
  | { readonly status: 'error'; readonly error: CellError };

const isCompiledCell: Check<CompiledCell> = hasShape<CompiledCell>({
  name: isText,
  js: isText,
  map: isOptional(isText)
});

export const isTask: Check<Task> = isEither<Task>(
  hasShape<ExecuteTask>({ kind: isOneOf('execute'), cell: isCompiledCell }),
  hasShape<PushTask>({ kind: isOneOf('push'), values: isBytes }),
  hasShape<PullTask>({ kind: isOneOf('pull'), names: isListOf(isText) }),
  hasShape<ApplyTask>({ kind: isOneOf('apply'), source: isText, args: isBytes }),
  hasShape<VariablesTask>({ kind: isOneOf('variables') })
);

export const isCellError: Check<CellError> = hasShape<CellError>({
  name: isText,
  message: isText,
  traceback: isListOf(isText),
  code: isOptional(isText)
});

export const isReply: Check<Reply> = isEither<Reply>(
  hasShape<Extract<Reply, { status: 'ok' }>>({
    status: isOneOf('ok'),
    data: isOptional(isRecord),
    value: isOptional(isBytes)
  }),
  hasShape<Extract<Reply, { status: 'error' }>>({ status: isOneOf('error'), error: isCellError })
);

type OutputOf<T extends Output['type']> = Extract<Output, { type: T }>;

export const isOutput: Check<Output> = isEither<Output>(
  hasShape<OutputOf<'stream'>>({
    type: isOneOf('stream'),
    name: isOneOf('stdout', 'stderr'),
    text: isText
  }),
  hasShape<OutputOf<'display'>>({
    type: isOneOf('display'),
    data: isRecord,
    metadata: isOptional(isRecord),
    displayId: isOptional(isText),
    update: isOptional(isFlag)
  }),
  hasShape<OutputOf<'clear'>>({ type: isOneOf('clear'), wait: isFlag })
);
