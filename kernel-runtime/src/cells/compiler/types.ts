/** What the compiler takes and gives; equal in shape to the messages of the cluster's protocol. */

/** Which variables a cell sees: those of client cells, those of the engines, or those of nobody. */
export type Scope = 'client' | 'engines' | 'scratch';

/** A compiled cell: JavaScript for V8's REPL mode, with a source map to the cell's own lines. */
export interface CompiledCell {
  /** Shown in stack traces, e.g. `cell 3`. */
  readonly name: string;
  readonly js: string;
  /** Source map (JSON) from `js` to the cell as typed; empty if `js` is the cell as typed, below a line of ours. */
  readonly map?: string;
}

/** An error as it is shown: the traceback holds the cell's own lines. */
export interface CellError {
  readonly name: string;
  readonly message: string;
  readonly traceback: readonly string[];
}

/** What a cell has to do with names. */
export interface CellNames {
  /** Declared by it at its top; null if it may change what any name means. */
  readonly declared: readonly string[] | null;
  /** All that occur in a cell that may be repeated; null for others. */
  readonly mentioned: readonly string[] | null;
}

export type CompileResult =
  | { readonly status: 'ok'; readonly cell: CompiledCell; readonly names: CellNames }
  | { readonly status: 'error'; readonly error: CellError };

/** A local file as the executor loads it. */
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

export type ScriptResult =
  | {
      readonly status: 'ok';
      readonly script: CompiledScript;
      /** The files on disk that it was compiled from, those of types included. */
      readonly sources: readonly string[];
    }
  | { readonly status: 'error'; readonly error: CellError };

/** Names that fit at the cursor; `source.slice(start, end)` is what a chosen one replaces. */
export interface CompletionResult {
  readonly matches: readonly string[];
  readonly start: number;
  readonly end: number;
  /** The kind of each match, e.g. `function`, in the order of `matches`. */
  readonly types: readonly string[];
}

/** What shapes an answer about the name at the cursor. */
export interface InspectOptions {
  /** Adds the text of its declaration. Defaults to false */
  readonly isDetailed?: boolean;
  /** The number of engines: a name that lives on all of them needs no word about it. Defaults to 0, not known */
  readonly size?: number;
}

/** Markdown about the name at the cursor. */
export interface InspectResult {
  readonly text: string;
}

export interface CompletenessResult {
  readonly status: 'complete' | 'incomplete' | 'invalid';
  /** Spaces for the next line of an incomplete cell. */
  readonly indent: string;
}
