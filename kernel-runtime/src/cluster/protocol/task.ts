/** What engines are asked to do, and how it ended. Values travel packed, and the controller passes them on unread. */
import type { CellError, CompiledCell, MimeBundle, Output } from './cell.js';
import {
  hasShape,
  isEither,
  isFlag,
  isListOf,
  isOneOf,
  isOptional,
  isRecord,
  isText,
  type Check
} from './checks.js';
import { isPayload, type Payload } from './payload.js';

/** Runs a cell. */
export interface ExecuteTask {
  readonly kind: 'execute';
  readonly cell: CompiledCell;
}

/** Gives variables new values. */
export interface PushTask {
  readonly kind: 'push';
  /** A record by name. */
  readonly values: Payload;
}

/** Reads variables; the reply's value is a record by name. */
export interface PullTask {
  readonly kind: 'pull';
  readonly names: string[];
}

/** Calls a function; the reply's value is what it returned. */
export interface ApplyTask {
  readonly kind: 'apply';
  readonly source: string;
  /** A list. */
  readonly args: Payload;
}

/** Lists the variables; the reply's value is a record of TypeScript types by name. */
export interface VariablesTask {
  readonly kind: 'variables';
}

/** Records a timeline from now on, or not any more; or asks for what was recorded: a RankTimeline, or null. */
export interface TimelineTask {
  readonly kind: 'timeline';
  readonly action: 'record' | 'end' | 'take';
}

export type Task = ExecuteTask | PushTask | PullTask | ApplyTask | VariablesTask | TimelineTask;

/** How a task ended on one rank. */
export type Reply =
  | { readonly status: 'ok'; readonly data?: MimeBundle; readonly value?: Payload }
  | { readonly status: 'error'; readonly error: CellError };

const isCompiledCell: Check<CompiledCell> = hasShape<CompiledCell>({
  name: isText,
  js: isText,
  map: isOptional(isText),
  keep: isOptional(isText)
});

export const isTask: Check<Task> = isEither<Task>(
  hasShape<ExecuteTask>({ kind: isOneOf('execute'), cell: isCompiledCell }),
  hasShape<ApplyTask>({ kind: isOneOf('apply'), source: isText, args: isPayload }),
  hasShape<PushTask>({ kind: isOneOf('push'), values: isPayload }),
  hasShape<PullTask>({ kind: isOneOf('pull'), names: isListOf(isText) }),
  hasShape<VariablesTask>({ kind: isOneOf('variables') }),
  hasShape<TimelineTask>({
    kind: isOneOf('timeline'),
    action: isOneOf('record', 'end', 'take')
  })
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
    value: isOptional(isPayload)
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
