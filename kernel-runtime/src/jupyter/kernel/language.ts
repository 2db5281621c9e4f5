/** Completion, hover and "is this cell complete", asked of the compiler; Jupyter counts characters, JavaScript units. */
import type {
  CompletenessResult,
  CompletionResult,
  InspectOptions,
  InspectResult,
  Scope
} from '../../cells/compiler/types.js';
import type { MimeBundle } from '../../cluster/protocol/cell.js';
import { completeMagic, describeMagic, inspectMagic, type MagicContext } from './magic-help.js';
import {
  blank,
  parseHelp,
  readHead,
  type HeadLine,
  type HelpPart,
  type PxSettings
} from './magics.js';
import type { Content } from './wire.js';

/** The part of the compiler that answers questions about a cell. */
export interface LanguageService {
  complete(scope: Scope, source: string, cursor: number): Promise<CompletionResult>;
  inspect(
    scope: Scope,
    source: string,
    cursor: number,
    options: InspectOptions
  ): Promise<InspectResult | null>;
  isComplete(source: string): Promise<CompletenessResult>;
}

/** What an answer depends on, besides the question. */
export interface LanguageContext extends MagicContext {
  readonly service: LanguageService;
  readonly settings: PxSettings;
}

interface Question {
  readonly scope: Scope;
  /** With everything blanked that is no code. */
  readonly source: string;
  /** In UTF-16 units, as strings are indexed. */
  readonly cursor: number;
  /** The magic on whose own words the cursor is. */
  readonly magic: HeadLine | null;
}

/** Magics whose line is code after their name. */
const LINE_OF_CODE = ['%px', '%time'];

/** Answers a complete_request. On the line of a magic, its options and their values are offered. */
export async function complete(context: LanguageContext, request: Content): Promise<Content> {
  const code = String(request['code'] ?? '');
  const { scope, source, cursor, magic } = readQuestion(request, context.settings);
  const found = magic
    ? completeMagic(magic, cursor - magic.start, context)
    : await context.service.complete(scope, source, cursor);
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

/** Answers an inspect_request with Markdown and the same as plain text; detail level 1 adds the source. */
export async function inspect(context: LanguageContext, request: Content): Promise<Content> {
  const { scope, source, cursor, magic } = readQuestion(request, context.settings);
  const isDetailed = request['detail_level'] === 1;
  const found = magic
    ? inspectMagic(magic, cursor - magic.start)
    : await context.service.inspect(scope, source, cursor, { isDetailed, size: context.size });
  return { status: 'ok', found: found !== null, data: found ? toBundle(found) : {}, metadata: {} };
}

/** Answers an is_complete_request. A magic that takes the whole cell waits for its lines. */
export async function isComplete(service: LanguageService, request: Content): Promise<Content> {
  const code = String(request['code'] ?? '');
  if (parseHelp(code)) return { status: 'complete' };
  const head = readHead(code);
  const body = blank(code, endOf(head), code.length);
  if (head.some(({ magic }) => magic === '%%writefile'))
    return /\S[^]*\n\s*\n$/.test(body)
      ? { status: 'complete' }
      : { status: 'incomplete', indent: '' };
  const isOpen = head.some(({ magic }) => magic?.startsWith('%%')) && body.trim() === '';
  if (isOpen) return { status: 'incomplete', indent: '' };
  const { status, indent } = await service.isComplete(body);
  return status === 'incomplete' ? { status, indent } : { status };
}

/** What is known of a name, for `name?` and `name??`; null if nothing is. */
export async function describeName(
  service: LanguageService,
  { name, isDetailed }: HelpPart,
  { scope, size }: { scope: Scope; size: number }
): Promise<MimeBundle | null> {
  const found = name.startsWith('%')
    ? describeMagic(name)
    : await service.inspect(scope, name, name.length, { isDetailed, size });
  return found && toBundle(found);
}

function readQuestion(request: Content, settings: PxSettings): Question {
  const code = String(request['code'] ?? '');
  const position = Number(request['cursor_pos'] ?? code.length);
  const cursor = [...code].slice(0, position).join('').length;
  const head = readHead(code);
  const line = head.find(
    ({ start, text }) => cursor >= start && cursor <= start + text.replace(/\n$/, '').length
  );
  const codeStart = line ? line.start + line.text.length - line.text.trimStart().length : 0;
  const isCode =
    line &&
    LINE_OF_CODE.includes(line.magic ?? '') &&
    cursor > codeStart + (line.magic?.length ?? 0);
  const isPx = head.some(({ magic }) => magic === '%%px') || (isCode && line.magic === '%px');
  return {
    scope: isPx || settings.isAuto ? 'engines' : 'client',
    source: isCode
      ? blank(code, codeStart + (line.magic?.length ?? 0), line.start + line.text.length)
      : blank(code, endOf(head), code.length),
    cursor,
    magic: line?.magic && !isCode ? line : null
  };
}

function endOf(head: readonly HeadLine[]): number {
  return head.reduce((sum, { text }) => sum + text.length, 0);
}

function countCharacters(code: string, units: number): number {
  return [...code.slice(0, units)].length;
}

function toBundle({ text }: InspectResult): MimeBundle {
  return { 'text/plain': text.replace(/^```.*$\n?/gm, '').trim(), 'text/markdown': text };
}
