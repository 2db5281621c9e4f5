/** Some engines of a cluster, as a notebook holds them: run cells, move variables, call functions. */
import { DecentLabError } from '../../errors.js';
import { isThenable } from '../../soon.js';
import type { Payloads } from '../net/payloads.js';
import type { CellResult, CompiledCell, Output } from '../protocol/cell.js';
import type { Payload } from '../protocol/payload.js';
import type { Reply, Task } from '../protocol/task.js';
import { AsyncResult } from './async-result.js';
import { ClusterError, type RankError } from './cluster-error.js';
import type { TaskOptions } from './connection.js';
import { declareOnEngines } from './declare.js';
import { notebookHost } from './host.js';
import { join, partition, type Sequence } from './partition.js';

/** Runs a task on ranks; resolves with their replies in the same order. */
export type RunTask = (
  ranks: readonly number[],
  task: Promise<Task>,
  options: TaskOptions
) => Promise<Reply[]>;

/** What a view needs of its connection. */
export interface ViewParts {
  readonly run: RunTask;
  readonly payloads: Payloads;
}

export interface ExecuteOptions {
  /** Called with everything that the cell prints and shows, by rank. Defaults to this process's own output. */
  onOutput?: (rank: number, output: Output) => void;
  /** Called for each rank that is done. */
  onFinished?: (rank: number) => void;
}

/** Variables by name. */
export type Variables = Record<string, unknown>;

/** Calls run on all ranks of the view at once, one call after another. */
export class View {
  readonly ranks: readonly number[];
  readonly #run: RunTask;
  readonly #payloads: Payloads;

  constructor(ranks: readonly number[], { run, payloads }: ViewParts) {
    this.ranks = ranks;
    this.#run = run;
    this.#payloads = payloads;
  }

  /**
   * Runs TypeScript (in a notebook) or JavaScript (in a script). A compiled cell, as the kernel sends it, resolves with
   * errors among its results; source text rejects.
   * @returns how the cell ended, in the order of `ranks`
   * @throws ClusterError with the errors of all ranks
   */
  execute(
    code: string | CompiledCell,
    { onOutput = print, onFinished: onRank }: ExecuteOptions = {}
  ): AsyncResult<CellResult[]> {
    return this.#call(async onFinished => {
      const replies = await this.#run(this.ranks, toExecuteTask(code, this.ranks), {
        onOutput,
        onFinished(rank) {
          onFinished();
          onRank?.(rank);
        }
      });
      if (typeof code === 'string') this.#valuesOf(replies);
      return replies.map(toCellResult);
    });
  }

  /**
   * Gives variables new values on every rank, e.g. `push({ gamma: .1 })`; a function gives each rank its own.
   * @throws VALUE_INVALID for values that cannot travel, such as functions
   */
  push(variables: Variables | ((rank: number) => Variables)): AsyncResult<void> {
    return this.#call(async onFinished => {
      if (typeof variables === 'function') return this.#pushEach(variables, onFinished);
      await this.#pushTo(this.ranks, variables, onFinished);
      declareOnEngines(variables, this.ranks);
    });
  }

  /**
   * The value of a variable on every rank, in the order of `ranks`; several names give a record a rank.
   * @throws ClusterError with VARIABLE_MISSING where a rank has no such variable
   */
  pull<T = unknown>(name: string): AsyncResult<T[]>;
  pull<T extends Variables = Variables>(names: readonly string[]): AsyncResult<T[]>;
  pull(names: string | readonly string[]): AsyncResult<unknown[]> {
    const list = typeof names === 'string' ? [names] : [...names];
    return this.#call(async onFinished => {
      const records = await this.#pull(list, onFinished);
      return typeof names === 'string' ? records.map(record => record[names]) : records;
    });
  }

  /** The names of all variables on every rank, with their TypeScript types; `any` for functions and classes. */
  variables(): AsyncResult<Record<string, string>[]> {
    return this.#call(async onFinished => {
      const task: Task = { kind: 'variables' };
      const replies = await this.#run(this.ranks, Promise.resolve(task), { onFinished });
      return (await this.#unpack(replies)) as Record<string, string>[];
    });
  }

  /**
   * Calls a function on every rank, among the variables of its cells; what it returns, in the order of `ranks`. Only
   * the function's own text is sent: everything else that it needs has to be an argument, a variable there, or an
   * `import()` in it, for which relative names count from the folder that the engines run in.
   * @throws ClusterError with NOT_SHIPPED where it uses a name that the engines do not know
   */
  apply<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): AsyncResult<Awaited<R>[]> {
    return this.#call(async onFinished => {
      const options = { onOutput: print, onFinished };
      const source = sourceOf(fn);
      const replies = await this.#send(args, 'arguments', packed =>
        this.#run(
          this.ranks,
          packed.then(payload => ({ kind: 'apply', source, args: payload })),
          options
        )
      );
      return (await this.#unpack(replies)) as Awaited<R>[];
    });
  }

  /** Cuts a list, a typed array or the rows of a matrix into one contiguous part a rank, called `name` there. */
  scatter(name: string, values: Sequence): AsyncResult<void> {
    const parts = partition(values, this.ranks.length);
    return this.push(rank => ({ [name]: parts[this.ranks.indexOf(rank)] }));
  }

  /** The parts of `name` as one list, typed array or matrix again; values of other kinds as a list by rank. */
  gather<T = unknown>(name: string): AsyncResult<T> {
    return this.#call(async onFinished => {
      const records = await this.#pull([name], onFinished);
      return join(records.map(record => record[name])) as T;
    });
  }

  #call<T>(start: (onFinished: () => void) => Promise<T>): AsyncResult<T> {
    return new AsyncResult(this.ranks.length, start);
  }

  async #pull(names: string[], onFinished: () => void): Promise<Variables[]> {
    const task: Task = { kind: 'pull', names };
    const replies = await this.#run(this.ranks, Promise.resolve(task), { onFinished });
    return (await this.#unpack(replies)) as Variables[];
  }

  async #pushEach(variables: (rank: number) => Variables, onFinished: () => void): Promise<void> {
    await Promise.all(this.ranks.map(rank => this.#pushTo([rank], variables(rank), onFinished)));
    declareOnEngines(variables(this.ranks[0]), this.ranks);
  }

  async #pushTo(
    ranks: readonly number[],
    variables: Variables,
    onFinished: () => void
  ): Promise<void> {
    const replies = await this.#send(variables, 'variables', packed =>
      this.#run(
        ranks,
        packed.then(values => ({ kind: 'push', values })),
        { onFinished }
      )
    );
    this.#valuesOf(replies, ranks);
  }

  /** Packs a value for a task, and gives back what it takes once the task has ended. */
  async #send(
    value: unknown,
    name: string,
    run: (packed: Promise<Payload>) => Promise<Reply[]>
  ): Promise<Reply[]> {
    const packed = Promise.resolve(this.#payloads.pack(value, name));
    try {
      const replies = await run(packed);
      this.#payloads.recycle(await packed);
      return replies;
    } catch (error) {
      // Somebody may still read it.
      await packed.then(
        payload => this.#payloads.discard(payload),
        () => undefined
      );
      throw error;
    }
  }

  async #unpack(replies: readonly Reply[]): Promise<unknown[]> {
    const payloads = this.#valuesOf(replies);
    try {
      const values = payloads.map(payload => payload && this.#payloads.unpack(payload));
      // Most are there; 64 promises would take longer than all else.
      const whole = values.some(isThenable) ? await Promise.all(values) : values;
      for (const payload of payloads) if (payload) this.#payloads.recycle(payload);
      return whole;
    } catch (error) {
      for (const payload of payloads) if (payload) this.#payloads.discard(payload);
      throw error;
    }
  }

  /** The packed values, if all ranks succeeded; else the values of some are of no use. */
  #valuesOf(replies: readonly Reply[], ranks = this.ranks): (Payload | undefined)[] {
    const values = replies.map(reply => (reply.status === 'ok' ? reply.value : undefined));
    const errors: RankError[] = replies.flatMap((reply, k) =>
      reply.status === 'error' ? [{ rank: ranks[k], error: reply.error }] : []
    );
    if (errors.length === 0) return values;
    for (const value of values) if (value) this.#payloads.discard(value);
    throw new ClusterError(errors);
  }
}

/** In a notebook the kernel knows the types of the engines' variables; a script sends what it has. */
async function toExecuteTask(code: string | CompiledCell, ranks: readonly number[]): Promise<Task> {
  if (typeof code !== 'string') return { kind: 'execute', cell: code };
  const request = { type: 'compile', scope: 'engines', source: code, ranks };
  const compiled = await notebookHost()?.request(request);
  return { kind: 'execute', cell: (compiled as CompiledCell) ?? { name: 'execute', js: code } };
}

function toCellResult(reply: Reply): CellResult {
  if (reply.status === 'error') return reply;
  return reply.data ? { status: 'ok', data: reply.data } : { status: 'ok' };
}

function sourceOf(fn: (...args: never[]) => unknown): string {
  const source = Function.prototype.toString.call(fn);
  if (!/\[native code\]\s*\}$/.test(source)) return toExpression(source);
  throw new DecentLabError('VALUE_INVALID', {
    what: 'apply, its function',
    expected: 'a function written in TypeScript or JavaScript',
    received: `${fn.name || 'a function'} without a text of its own`
  });
}

/** A method's text, `name() { … }`, is an expression only inside of a record. */
function toExpression(source: string): string {
  const isFunction = /^(async\s+)?(function\b|\(|[\p{L}_$][\p{L}\p{N}_$]*\s*=>)/u.test(source);
  return isFunction ? source : `(Object.values({ ${source} })[0])`;
}

/** Outputs without a taker go where this process prints, labelled by rank. */
function print(rank: number, output: Output): void {
  // An update replaces a picture: as text it would be one line more each time.
  if (output.type === 'clear' || (output.type === 'display' && output.update)) return;
  const text = output.type === 'stream' ? output.text : String(output.data['text/plain'] ?? '');
  const labelled = text.trimEnd().replace(/^/gm, `[${rank}] `);
  const stream = output.type === 'stream' && output.name === 'stderr' ? 'stderr' : 'stdout';
  process[stream].write(`${labelled}\n`);
}
