/** What the executor takes and gives; equal in shape to the messages of the cluster's protocol. */

/** A compiled cell: JavaScript for V8's REPL mode, with a source map to the cell's own lines. */
export interface CompiledCell {
  /** Shown in stack traces, e.g. `cell 3`. */
  readonly name: string;
  readonly js: string;
  /** Source map (JSON) from `js` to the cell as typed; empty if `js` is the cell as typed, below a line of ours. */
  readonly map?: string;
  /** Keeps the value of the last line under this key, for whoever fetches it later. */
  readonly keep?: string;
}

/** A local file as the compiler sends it. */
export interface LocalModule {
  readonly path: string;
  /** Name in stack traces, relative to the notebook or the script. */
  readonly name: string;
  /** Changes with the text, and with the text of what it imports. */
  readonly version: string;
  /** What each import specifier stands for: a path, or the name of a package. */
  readonly imports: Readonly<Record<string, string>>;
  /** CommonJS form. */
  readonly js: string;
  /** Source map (JSON) from `js` to the file. */
  readonly map: string;
}

/** A compiled script: its own module, which comes last, and the local files that it imports. */
export interface CompiledScript {
  readonly path: string;
  readonly modules: readonly LocalModule[];
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

/** Where output goes that is too long to be shown, and how much of it this process may show. */
export interface OutputRoom {
  /** A private folder, removed by whoever made it. */
  readonly folder: string;
  /** Begins the names of the files. */
  readonly prefix: string;
  /** Processes that share what one cell may show. */
  readonly sharers: number;
}

export interface ExecutorOptions {
  /** The notebook's folder: imports of cells resolve from here. */
  readonly cwd: string;
  /** URL of the module whose exports every cell sees without an import (ours: dist/index.js). */
  readonly preludeUrl: string;
  /** Called with every output, in order. `runId` tells which run it belongs to, also if that run has ended. */
  onOutput(output: Output, runId?: string): void;
  readonly room: OutputRoom;
  /** From `createStopMemory`: where someone asks to stop a run. */
  readonly stopMemory: SharedArrayBuffer;
}
