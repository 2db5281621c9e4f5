/** Does what clients ask of this engine, one task after another. */
import type { Run } from '../../cells/executor/context.js';
import type { Executor } from '../../cells/executor/executor.js';
import { DecentLabError } from '../../errors.js';
import { andThen, orElse, type Soon } from '../../soon.js';
import type { Payloads } from '../net/payloads.js';
import type { CellResult } from '../protocol/cell.js';
import type { ApplyTask, PullTask, PushTask, Reply, Task, TimelineTask } from '../protocol/task.js';
import { typeOf } from '../protocol/type-names.js';
import type { EngineTimeline } from './timeline.js';

export interface TasksOptions {
  readonly rank: number;
  readonly executor: Executor;
  readonly payloads: Payloads;
  readonly timeline: EngineTimeline;
}

export class Tasks {
  readonly #rank: number;
  readonly #executor: Executor;
  readonly #payloads: Payloads;
  readonly #timeline: EngineTimeline;

  constructor({ rank, executor, payloads, timeline }: TasksOptions) {
    this.#rank = rank;
    this.#executor = executor;
    this.#payloads = payloads;
    this.#timeline = timeline;
  }

  /** Runs a task to its end; errors are replies too. */
  run(task: Task, request: number): Soon<Reply> {
    return orElse<Reply>(
      () => this.#run(task, { id: String(request), number: request }),
      error => ({ status: 'error', error: this.#executor.describe(error) })
    );
  }

  #run(task: Task, run: Run): Soon<Reply> {
    switch (task.kind) {
      case 'execute':
        return this.#executor.run(task.cell, run);
      case 'push':
        return this.#push(task);
      case 'pull':
        return this.#pull(task);
      case 'apply':
        return this.#apply(task, run);
      case 'variables':
        return this.#variables();
      case 'timeline':
        return this.#record(task);
    }
  }

  async #push({ values }: PushTask): Promise<Reply> {
    const record = (await this.#payloads.unpack(values)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(record))
      await this.#executor.setVariable(name, value);
    return { status: 'ok' };
  }

  async #pull({ names }: PullTask): Promise<Reply> {
    const record: Record<string, unknown> = {};
    for (const name of names) record[name] = await this.#get(name);
    return { status: 'ok', value: await this.#payloads.pack(record, `of rank ${this.#rank}`) };
  }

  async #variables(): Promise<Reply> {
    const types: Record<string, string> = {};
    for (const name of await this.#executor.variableNames()) {
      // A variable whose cell failed before it had a value has no type either.
      const value = await this.#executor.getVariable(name).catch(() => undefined);
      if (value !== undefined) types[name] = typeOf(value);
    }
    return { status: 'ok', value: await this.#payloads.pack(types, `of rank ${this.#rank}`) };
  }

  async #record({ action }: TimelineTask): Promise<Reply> {
    if (action !== 'take') {
      await this.#timeline.record(action === 'record');
      return { status: 'ok' };
    }
    const taken = await this.#timeline.take();
    return { status: 'ok', value: await this.#payloads.pack(taken, `of rank ${this.#rank}`) };
  }

  async #get(name: string): Promise<unknown> {
    try {
      return await this.#executor.getVariable(name);
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      throw new DecentLabError('VARIABLE_MISSING', { name }, { cause: error });
    }
  }

  /** The call is a cell of its own, so that Stop, outputs and traces are those of cells. */
  #apply({ source, args }: ApplyTask, run: Run): Soon<Reply> {
    const called = andThen(this.#payloads.unpack(args), inputs =>
      this.#executor.call(source, inputs as unknown[], run)
    );
    return andThen(called, result => {
      if (result.status === 'error') return withMissingName(result);
      const packed = this.#payloads.pack(result.value, 'that apply returned');
      return andThen(packed, value => ({ status: 'ok', value }));
    });
  }
}

/** A name that the function had around it on the client, and has not here. */
function withMissingName(result: Extract<CellResult, { status: 'error' }>): Reply {
  const { error } = result;
  const name = error.name === 'ReferenceError' && /^(\S+) is not defined/.exec(error.message)?.[1];
  if (!name) return result;
  const { message, code } = new DecentLabError('NOT_SHIPPED', { name });
  const traceback = [`DecentLabError: ${message}`, ...error.traceback.slice(1)];
  return { status: 'error', error: { name: 'DecentLabError', message, code, traceback } };
}
