/** What every cell may use without an import, as declarations: operators of vectors, matrices and tensors, and display. */
import { join, relative } from 'node:path';

import { packageRoot } from '../../package.js';
import { libraryFolder } from './packages.js';

/** The declarations are read as if they stood in this file, so that their imports resolve from our package. */
export const ambientFile = join(packageRoot, 'cells-ambient.d.ts');

const operators = ['Plus', 'Minus', 'Star', 'Slash'] as const;

/**
 * The text of the ambient declarations.
 * @param withTensors also the operators of tensors, which take 600 more files
 */
export function ambientText(withTensors: boolean): string {
  const matrix = `./${relative(packageRoot, libraryFolder)}/mathematics/math/matrix.js`;
  return `
import type { Matrix } from '${matrix}';
${arrayOperators('Float64Array')}
${arrayOperators('Float32Array')}
declare module '${matrix}' { interface Matrix { ${matrixOperators()} } }
${withTensors ? tensorOperators() : ''}
declare global { ${helpers} }
`;
}

function arrayOperators(name: string): string {
  const result = `${name}<ArrayBuffer>`;
  const members = operators.flatMap(operator => [
    `[Symbol.operator${operator}](a: ${name}, b: ${name}): ${result};`,
    `[Symbol.operator${operator}](a: number, b: ${name}): ${result};`,
    `[Symbol.operator${operator}](a: ${name}, b: number): ${result};`
  ]);
  return `declare global { interface ${name}<TArrayBuffer extends ArrayBufferLike = ArrayBufferLike> { ${members.join(' ')} } }`;
}

function matrixOperators(): string {
  return `
  [Symbol.operatorPlus](a: Matrix, b: Matrix): Matrix;
  [Symbol.operatorMinus](a: Matrix, b: Matrix): Matrix;
  [Symbol.operatorStar](a: Matrix, b: Matrix): Matrix;
  [Symbol.operatorStar](a: number, b: Matrix): Matrix;
  [Symbol.operatorStar](a: Matrix, b: number): Matrix;
  [Symbol.operatorStar](a: Matrix, b: Float64Array): Float64Array<ArrayBuffer>;
  [Symbol.operatorSlash](a: Matrix, b: number): Matrix;`;
}

function tensorOperators(): string {
  const members = operators.flatMap(operator => [
    `[Symbol.operator${operator}](a: Tensor, b: Tensor): Tensor;`,
    `[Symbol.operator${operator}](a: number, b: Tensor): Tensor;`,
    `[Symbol.operator${operator}](a: Tensor, b: number): Tensor;`
  ]);
  return `
import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor';
declare module '@tensorflow/tfjs-core/dist/tensor' { interface Tensor { ${members.join(' ')} } }`;
}

const helpers = `
  /** An output that can be replaced later. */
  interface DisplayHandle {
    readonly displayId: string;
    /** Shows \`value\` in place of what was shown before. */
    update(value: unknown): void;
  }
  /** HTML, Markdown or SVG text that \`display\` and a cell's last line show as such. */
  interface RichText { readonly mime: string; readonly text: string }
  /**
   * Shows a value below the cell: anything with a \`[Symbol.for('Jupyter.display')]()\` method,
   * a MIME bundle such as \`{ 'text/html': '<b>hi</b>' }\`, or any other value as text.
   */
  function display(
    value: unknown,
    options?: { displayId?: string; update?: boolean; metadata?: Record<string, unknown> }
  ): DisplayHandle;
  /** \`Symbol.for('Jupyter.display')\`: a method of this name gives the MIME bundle of an object, now or as a promise. */
  const $display: unique symbol;
  /** Removes the cell's outputs, at once or (wait) when the next output arrives. */
  function clearOutput(wait?: boolean): void;
  /**
   * Tells how far a long cell is: \`k\` of \`total\` iterations are done. One line below the cell follows it, on engines
   * with the slowest and the fastest rank. Cheap: call it in every turn.
   */
  function progress(k: number, total: number): void;
  /** Asks the reader of the notebook for a line of text; with \`password\`, hidden. In client cells only. */
  function input(prompt?: string, options?: { password?: boolean }): Promise<string>;
  /** As \`input\`; an empty answer is \`fallback\`. */
  function prompt(message?: string, fallback?: string): Promise<string>;
  /** What arrives through a comm: data, and bytes beside it. */
  interface CommMessage {
    readonly data: any;
    readonly metadata: Record<string, any>;
    readonly buffers: readonly Uint8Array[];
  }
  interface CommParts {
    readonly metadata?: Record<string, unknown>;
    readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
  }
  /** An open channel to the notebook's page. It lives until one side closes it, also when the page is loaded again. */
  interface Comm {
    readonly id: string;
    readonly target: string;
    /** Sends data that JSON can hold, and bytes beside it. */
    send(data: unknown, parts?: CommParts): void;
    /** Calls \`handler\` with each message of the page; its errors and prints appear below this cell. */
    onMessage(handler: (message: CommMessage) => unknown): this;
    /** Calls \`handler\` when the page closes the channel. */
    onClose(handler: (message: CommMessage) => unknown): this;
    close(data?: unknown): void;
  }
  /** Channels between client cells and the notebook's page, as widgets use them. */
  const Comm: {
    /** Opens a channel to a target that an extension of the page has registered, e.g. \`jupyter.widget\`. */
    open(target: string, data?: unknown, parts?: CommParts): Comm;
    /** Lets the page open channels to \`target\`. */
    register(target: string, onOpen: (comm: Comm, message: CommMessage) => unknown): void;
  };
  /** HTML for \`display\`; inserted values are escaped unless they are RichText themselves. */
  function html(strings: TemplateStringsArray, ...values: unknown[]): RichText;
  /** Markdown for \`display\`. */
  function md(strings: TemplateStringsArray, ...values: unknown[]): RichText;
  /** An SVG picture for \`display\`; inserted values are escaped unless they are RichText themselves. */
  function svg(strings: TemplateStringsArray, ...values: unknown[]): RichText;
`;
