/** The compiler in a thread of its own, so that whoever uses it stays free while a cell is checked. */
import { Worker } from 'node:worker_threads';

import { programUrl } from '../../package.js';
import type { CellCompiler } from './compiler.js';
import { RepeatedCells } from './repeated.js';
import type {
  CompileResult,
  CompletenessResult,
  CompletionResult,
  InspectOptions,
  InspectResult,
  Scope
} from './types.js';

/** The methods that can be called in the thread. */
export type CompilerMethod =
  | 'compile'
  | 'complete'
  | 'inspect'
  | 'valueType'
  | 'isComplete'
  | 'dropAll'
  | 'dropRank'
  | 'declare';

/** One call, to the thread. */
export interface CompilerCall {
  readonly id: number;
  readonly method: CompilerMethod;
  readonly args: readonly unknown[];
}

/** Its answer. */
export interface CompilerAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The same methods as CellCompiler, as promises. Calls are answered in order. */
export class CompilerThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #repeated = new RepeatedCells();
  #calls = 0;

  /** @param options.cwd the notebook's folder; relative imports start here */
  constructor(options: { cwd: string }) {
    this.#worker = new Worker(programUrl('compiler'), {
      workerData: options,
      // Most of what the compiler makes stays: a large nursery would only hold memory.
      resourceLimits: { maxYoungGenerationSizeMb: 3 }
    });
    this.#worker.on('message', (answer: CompilerAnswer) => this.#settle(answer));
    this.#worker.on('error', error => this.#rejectAll(error));
    this.#worker.on('exit', () => this.#rejectAll(new Error('The compiler has ended.')));
  }

  /** As CellCompiler.compile. A cell that was compiled before, and declares nothing, needs no thread. */
  async compile(
    scope: Scope,
    source: string,
    name: string,
    ranks?: readonly number[]
  ): Promise<CompileResult> {
    const asked = { scope, source, ranks };
    // What is under way may change the meaning of a name.
    const cell = this.#waiting.size === 0 ? this.#repeated.find(asked, name) : undefined;
    if (cell) return { status: 'ok', cell, names: { declared: [], mentioned: null } };
    const result = await this.#call('compile', scope, source, name, ranks);
    if (result.status === 'ok') this.#repeated.compiled(asked, result.cell, result.names);
    return result;
  }

  /** As CellCompiler.complete. */
  complete(scope: Scope, source: string, cursor: number): Promise<CompletionResult> {
    return this.#call('complete', scope, source, cursor);
  }

  /** As CellCompiler.inspect. */
  inspect(
    scope: Scope,
    source: string,
    cursor: number,
    options: InspectOptions = {}
  ): Promise<InspectResult | null> {
    return this.#call('inspect', scope, source, cursor, options);
  }

  /** As CellCompiler.valueType. */
  valueType(scope: Scope, source: string): Promise<string> {
    return this.#call('valueType', scope, source);
  }

  /** As CellCompiler.isComplete. */
  isComplete(source: string): Promise<CompletenessResult> {
    return this.#call('isComplete', source);
  }

  /** As CellCompiler.declare. */
  declare(
    scope: Scope,
    types: Readonly<Record<string, string>>,
    ranks?: readonly number[]
  ): Promise<void> {
    return this.#changingNames(this.#call('declare', scope, types, ranks));
  }

  /** As CellCompiler.dropAll. */
  dropAll(scope: Scope): Promise<void> {
    return this.#changingNames(this.#call('dropAll', scope));
  }

  /** As CellCompiler.dropRank. */
  dropRank(rank: number): Promise<void> {
    return this.#changingNames(this.#call('dropRank', rank));
  }

  /** Ends the thread; calls under way reject. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Answers come in order: cells that were compiled before it are forgotten with all others. */
  async #changingNames(call: Promise<void>): Promise<void> {
    await call;
    this.#repeated.clear();
  }

  #call<M extends CompilerMethod>(
    method: M,
    ...args: Parameters<CellCompiler[M]>
  ): Promise<ReturnType<CellCompiler[M]>> {
    const id = ++this.#calls;
    this.#worker.postMessage({ id, method, args } satisfies CompilerCall);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        resolve: value => resolve(value as ReturnType<CellCompiler[M]>),
        reject
      });
    });
  }

  #settle({ id, value, error }: CompilerAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
