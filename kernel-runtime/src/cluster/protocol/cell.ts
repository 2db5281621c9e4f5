/** What travels between a cell and the process that runs it. */

/** A compiled cell: JavaScript for V8's REPL mode, with a source map to the cell's own lines. */
export interface CompiledCell {
  /** Shown in stack traces, e.g. `cell 3`. */
  readonly name: string;
  readonly js: string;
  /** Source map (JSON) from `js` to the cell as typed; empty if `js` is the cell as typed, below a line of ours. */
  readonly map?: string;
  /** Keeps the value of the last line under this key on the engine, for whoever fetches it later. */
  readonly keep?: string;
}

/** Data by MIME type: text as strings, JSON types as values. */
export type MimeBundle = Record<string, unknown>;

/** One output of a running cell. */
export type Output =
  | { readonly type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | {
      readonly type: 'display';
      readonly data: MimeBundle;
      readonly metadata?: Record<string, unknown>;
      readonly displayId?: string;
      /** Replaces the output with the same displayId. */
      readonly update?: boolean;
    }
  | { readonly type: 'clear'; readonly wait: boolean };

/** An error as it is shown: the traceback holds the cell's own lines. */
export interface CellError {
  readonly name: string;
  readonly message: string;
  readonly traceback: readonly string[];
  /** The code of the error table, where it has one. */
  readonly code?: string;
}

/** How a cell ended. `data` shows the value of its last expression, if that is not undefined. */
export type CellResult =
  | { readonly status: 'ok'; readonly data?: MimeBundle }
  | { readonly status: 'error'; readonly error: CellError };
