/** Stack traces in the cell's own lines: our frames removed, positions mapped, the line shown. */
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { join, sep } from 'node:path';
import { format, inspect, type InspectOptions } from 'node:util';

import { packageRoot } from '../../package.js';
import { Thrown } from './repl.js';
import type { CellError, CompiledCell } from './types.js';

/** Scripts are named by number, because a name with spaces would cut V8's stack lines. */
const SCRIPT = 'decentlab-cell:';
const framePlace = new RegExp(`\\(?(?:async )?${SCRIPT}(\\d+):(\\d+):(\\d+)\\)?$`);
const MAX_FRAMES = 12;
const MAX_DEPTH = 4;
/** Characters of a message that are shown. */
const MAX_HEAD = 20_000;

/** Where this package's code lies, whose frames tell a notebook's author nothing. */
const ourFolders = ['dist', 'src'].map(folder => join(packageRoot, folder) + sep);

interface Place {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly source?: string;
}

export class Traces {
  readonly #scripts: { readonly cell: CompiledCell; map?: TraceMap }[] = [];
  /** The last value thrown that is no error, and an error made at the same place. */
  #noted: { readonly value: unknown; readonly place: Error } | undefined;

  /** What compiled code calls in `throw`: a value that is no error does not know where it was thrown. */
  readonly note = (value: unknown): unknown => {
    if (!(value instanceof Error)) this.#noted = { value, place: new Error('noted') };
    return value;
  };

  /** Gives a script its name for stack traces: a comment to put at its end. */
  register(cell: CompiledCell): { readonly index: number; readonly comment: string } {
    const index = this.#scripts.push({ cell }) - 1;
    return { index, comment: `\n//# sourceURL=${SCRIPT}${index}` };
  }

  /** The name under which a script of `register` appears in stacks. */
  scriptName(index: number): string {
    return SCRIPT + index;
  }

  /** The script of the innermost cell that an error came through. */
  scriptOf(error: unknown): number | undefined {
    const line = error instanceof Error ? stackLines(error).find(at => framePlace.test(at)) : '';
    const match = framePlace.exec(line ?? '');
    return match ? Number(match[1]) : undefined;
  }

  /** The innermost line of a cell or a script that a stack leads through, e.g. `cell 3, line 2`. */
  lineOf(error: unknown): string | undefined {
    const place = this.#firstPlace(error);
    return place && `${place.name}, line ${place.line}`;
  }

  /** How what was thrown is shown. @param index of the script that ran, for errors without a stack */
  describe(thrown: unknown, index?: number): CellError {
    const value = thrown instanceof Thrown ? thrown.value : thrown;
    const lines = this.#lines(value, []);
    const place = this.#firstPlace(value) ?? this.#syntaxPlace(thrown, value, index);
    const frame = place === undefined ? [] : codeFrame(place);
    if (!(value instanceof Error)) {
      return { name: 'Thrown', message: inspect(value), traceback: [...lines, ...frame] };
    }
    const code = (value as { code?: unknown }).code;
    return {
      name: value.name,
      message: value.message,
      traceback: [...lines, ...frame],
      ...(typeof code === 'string' ? { code } : {})
    };
  }

  /** @param outer the errors that `value` is a cause of, outermost first */
  #lines(value: unknown, outer: readonly unknown[]): string[] {
    if (outer.includes(value)) return ['the same error again'];
    if (outer.length > MAX_DEPTH) return ['further errors'];
    if (!(value instanceof Error))
      return [`Thrown: ${inspect(value)}`, ...this.#frames(this.#whereThrown(value))];
    const lines = [...headOf(value), ...this.#frames(value)];
    const chain = [...outer, value];
    const inner = value instanceof AggregateError ? (value.errors as unknown[]) : [];
    for (const error of inner)
      lines.push('', ...this.#lines(error, chain).map(line => `  ${line}`));
    if (value.cause !== undefined) {
      const [first, ...rest] = this.#lines(value.cause, chain);
      lines.push('', `Caused by ${first}`, ...rest);
    }
    return lines;
  }

  /** An error from where a value that is no error was thrown, if that is known. */
  #whereThrown(value: unknown): Error | undefined {
    return this.#noted && Object.is(this.#noted.value, value) ? this.#noted.place : undefined;
  }

  /** A text whose frames of stacks are put in the lines of the cells; our own are left out. */
  readable(text: string): string {
    const lines: string[] = [];
    for (const line of text.split('\n')) {
      // The fields of an error begin behind its last frame.
      const [, frame = '', brace = ''] = /^(\s+at .*?)( \{)?$/.exec(line) ?? [];
      if (frame === '') lines.push(line);
      else lines.push(...this.#readable([frame]));
      if (brace) lines.push((lines.pop() ?? '') + brace);
    }
    return lines.join('\n');
  }

  #frames(error: Error | undefined): string[] {
    if (!error) return [];
    const lines = stackLines(error);
    // Whoever called the author's code from below its first frame is the machinery that runs it.
    const first = lines.findLastIndex(line => framePlace.test(line));
    return this.#readable(first < 0 ? lines : lines.slice(0, first + 1)).slice(0, MAX_FRAMES);
  }

  #readable(lines: readonly string[]): string[] {
    return lines
      .filter(
        line => !isForeign(line) && (!framePlace.test(line) || this.#placeOf(line) !== undefined)
      )
      .map(line => {
        const place = this.#placeOf(line);
        const at = /^\s*at /.exec(line)?.[0] ?? '    at ';
        if (!place) return line;
        const who = line.slice(at.length).replace(framePlace, '').trim();
        const where = `${place.name}:${place.line}:${place.column}`;
        return at + (who === '' || who === 'async' ? where : `${who} (${where})`);
      });
  }

  #firstPlace(value: unknown): Place | undefined {
    const error = value instanceof Error ? value : this.#whereThrown(value);
    for (const line of error ? stackLines(error) : []) {
      const place = this.#placeOf(line);
      if (place) return place;
    }
    return undefined;
  }

  #syntaxPlace(thrown: unknown, value: unknown, index: number | undefined): Place | undefined {
    if (!(thrown instanceof Thrown) || index === undefined) return undefined;
    if (value instanceof Error && !(value instanceof SyntaxError)) return undefined;
    return this.#map(index, thrown.place.line, thrown.place.column);
  }

  #placeOf(line: string): Place | undefined {
    const match = framePlace.exec(line);
    return match ? this.#map(Number(match[1]), Number(match[2]), Number(match[3])) : undefined;
  }

  #map(index: number, line: number, column: number): Place | undefined {
    const script = this.#scripts[index];
    if (!script) return undefined;
    const { name, js, map } = script.cell;
    if (!map) {
      const source = js.split('\n')[line - 1];
      return { name, line: map === '' ? line - 1 : line, column, source };
    }
    script.map ??= new TraceMap(map);
    const original = originalPositionFor(script.map, { line, column: column - 1 });
    if (original.line === null) return undefined;
    const source = script.map.sourcesContent?.[0]?.split('\n')[original.line - 1];
    return { name, line: original.line, column: original.column + 1, source };
  }
}

function codeFrame({ name, line, column, source }: Place): string[] {
  if (source === undefined) return [];
  const gutter = `${line} | `;
  return ['', name, gutter + source, ' '.repeat(gutter.length + column - 1) + '^'];
}

/** The name and the message, which may have several lines. */
function headOf(error: Error): string[] {
  const head = error.message === '' ? error.name : `${error.name}: ${error.message}`;
  return head.slice(0, MAX_HEAD).split('\n');
}

function stackLines(error: Error): string[] {
  const { stack: whole } = error;
  if (typeof whole !== 'string') return [];
  // A message may be very long, and may look like frames.
  const head = `${error.name}: ${error.message}`;
  const stack = whole.startsWith(head) ? whole.slice(head.length) : whole;
  return stack.split('\n').filter(isFrame);
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

function isForeign(line: string): boolean {
  return (
    line.includes('node:') ||
    ourFolders.some(folder => line.includes(folder)) ||
    line.includes('/import-meta-resolve/') ||
    line.includes('<anonymous>)') ||
    line.includes('(eval at ') ||
    /at <anonymous>:/.test(line)
  );
}

/** Makes `console.trace` show the lines of cells. */
export function installTrace(traces: Traces): void {
  console.trace = function trace(...data: unknown[]): void {
    const here = { name: 'Trace', message: format(...data), stack: '' };
    Error.captureStackTrace(here, trace);
    console.error('%s', traces.readable(here.stack));
  };
}

/** Makes `console.log(error)` show the lines of cells. */
export function installErrorInspection(traces: Traces): void {
  const show = function (this: Error, _depth: number, options: InspectOptions): string {
    return traces.readable(inspect(this, { ...options, customInspect: false }));
  };
  Object.defineProperty(Error.prototype, inspect.custom, {
    value: show,
    configurable: true,
    writable: true
  });
}
