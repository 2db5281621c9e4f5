/** Completion, hover and "is this cell complete", asked of the compiler; Jupyter counts characters, JavaScript units. */
import type {
  CompletenessResult,
  CompletionResult,
  InspectResult,
  Scope
} from '../../cells/compiler/types.js';
import { blankMagic, isEngineCell, pxFlags } from './magics.js';
import type { Content } from './wire.js';

/** The part of the compiler that answers questions about a cell. */
export interface LanguageService {
  complete(scope: Scope, source: string, cursor: number): Promise<CompletionResult>;
  inspect(scope: Scope, source: string, cursor: number): Promise<InspectResult | null>;
  isComplete(source: string): Promise<CompletenessResult>;
}

interface Question {
  readonly scope: Scope;
  readonly source: string;
  /** In UTF-16 units, as strings are indexed. */
  readonly cursor: number;
}

/** Answers a complete_request. On the line of `%%px` its options are offered. */
export async function complete(service: LanguageService, request: Content): Promise<Content> {
  const { scope, source, cursor } = readQuestion(request);
  const code = String(request['code'] ?? '');
  const found = isOnMagicLine(code, cursor)
    ? completeMagic(code, cursor)
    : await service.complete(scope, source, cursor);
  const start = countCharacters(code, found.start);
  const end = countCharacters(code, found.end);
  const types = found.matches.map((text, k) => ({ text, type: found.types[k] ?? '', start, end }));
  return {
    status: 'ok',
    matches: found.matches,
    cursor_start: start,
    cursor_end: end,
    metadata: { _jupyter_types_experimental: types }
  };
}

/** Answers an inspect_request with Markdown and the same as plain text. */
export async function inspect(service: LanguageService, request: Content): Promise<Content> {
  const { scope, source, cursor } = readQuestion(request);
  const found = await service.inspect(scope, source, cursor);
  const data = found ? { 'text/plain': toPlain(found.text), 'text/markdown': found.text } : {};
  return { status: 'ok', found: found !== null, data, metadata: {} };
}

/** Answers an is_complete_request. */
export async function isComplete(service: LanguageService, request: Content): Promise<Content> {
  const { status, indent } = await service.isComplete(withoutMagic(String(request['code'] ?? '')));
  return status === 'incomplete' ? { status, indent } : { status };
}

function readQuestion(request: Content): Question {
  const code = String(request['code'] ?? '');
  const position = Number(request['cursor_pos'] ?? code.length);
  return {
    scope: isEngineCell(code) ? 'engines' : 'client',
    source: withoutMagic(code),
    cursor: [...code].slice(0, position).join('').length
  };
}

function withoutMagic(code: string): string {
  return isEngineCell(code) ? blankMagic(code) : code;
}

function countCharacters(code: string, units: number): number {
  return [...code.slice(0, units)].length;
}

function isOnMagicLine(code: string, cursor: number): boolean {
  return isEngineCell(code) && !code.slice(0, cursor).trimStart().includes('\n');
}

function completeMagic(code: string, cursor: number): CompletionResult {
  const [word = ''] = /\S*$/.exec(code.slice(0, cursor)) ?? [];
  const names = pxFlags.map(flag => flag.split(' ')[0] ?? flag);
  const matches = names.filter(name => name.startsWith(word));
  return { matches, types: matches.map(() => 'option'), start: cursor - word.length, end: cursor };
}

function toPlain(markdown: string): string {
  return markdown.replace(/^```.*$\n?/gm, '').trim();
}
