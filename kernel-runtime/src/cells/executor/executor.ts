/** Runs compiled cells in this process: the client's child process and every engine have one. */
import { executionAsyncResource } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { andThen, isThenable, orElse, type Soon } from '../../soon.js';
import { Capture } from './capture.js';
import { currentRun, type Run, RunContext, runIn } from './context.js';
import { displayFunctions, toBundle } from './display.js';
import { Interrupted, StopFlag } from './interrupt.js';
import { LocalModules, metaOf } from './local-modules.js';
import { createImport } from './modules.js';
import { type Apply, compoundAssigner } from './operators.js';
import { createProgress } from './progress.js';
import { Repl } from './repl.js';
import { SentFunctions } from './sent-functions.js';
import { shortenError } from './shortened-error.js';
import { installErrorInspection, installTrace, Traces } from './traces.js';
import type { CellError, CellResult, CompiledCell, ExecutorOptions, LocalModule } from './types.js';
import { arrayPrototypes, installArrayInspection, installPromiseInspection } from './values.js';

/** What is shown of a cell. */
type Shown = Awaited<ReturnType<typeof toBundle>>;
/** How a run ended. */
type Ended<T> =
  { readonly status: 'ok'; readonly value: T } | Extract<CellResult, { status: 'error' }>;

const identifier = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

export class Executor {
  readonly #options: ExecutorOptions;
  readonly #repl = new Repl();
  readonly #traces = new Traces();
  readonly #sent = new SentFunctions(this.#repl, this.#traces);
  readonly #stop: StopFlag;
  readonly #capture: Capture;
  readonly #runOfScript = new Map<number, RunContext>();

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#stop = new StopFlag(options.stopMemory);
    this.#capture = new Capture((output, runId) => options.onOutput(output, runId), options.room);
  }

  /** Loads the prelude, and puts all that cells see without an import on the global object. */
  async prepare(): Promise<void> {
    const { cwd, preludeUrl } = this.#options;
    const prelude = { ...((await import(preludeUrl)) as Record<string, unknown>) };
    const operator = prelude['operator'] as Apply;
    const { tick, enter, resume } = this.#stop.createChecks(() => this.#capture.flushIfDue());
    const helpers = {
      $tick: tick,
      $enter: enter,
      $resume: resume,
      $operator: operator,
      $compound: compoundAssigner(operator),
      $thrown: this.#traces.note,
      $trace: prelude['tracing']
    };
    const local = new LocalModules(this.#traces, helpers);
    const load = createImport({ cwd, prelude, local });
    defineGlobals({
      ...prelude,
      ...displayFunctions(this.#capture),
      progress: createProgress(this.#capture),
      ...helpers,
      $import: load,
      $modules: (modules: readonly LocalModule[]) => local.load(modules, load),
      $meta: metaOf(join(cwd, 'cell.ts')),
      require: createRequire(join(cwd, 'cell.js')),
      __dirname: cwd
    });
    Object.defineProperty(globalThis, Symbol.for('decentlab.stop'), {
      value: () => currentRun()?.stop.signal,
      configurable: true
    });
    const matrix = prelude['Matrix'] as { prototype: object } | undefined;
    installArrayInspection(matrix ? [...arrayPrototypes, matrix.prototype] : arrayPrototypes);
    installPromiseInspection();
    installErrorInspection(this.#traces);
    this.#capture.install();
    installTrace(this.#traces);
    this.#watchStrayErrors();
  }

  /** Runs one cell to its end, or until it is stopped. Its outputs come before the result. */
  async run(cell: CompiledCell, run: Run): Promise<CellResult> {
    const { index, comment } = this.#traces.register(cell);
    const ended = await this.#run(index, run, () => this.#show(cell.js + comment, cell.keep));
    if (ended.status === 'error') return ended;
    return ended.value === undefined ? { status: 'ok' } : { status: 'ok', data: ended.value };
  }

  /**
   * Calls a function, given as source text, in the scope of the cells, as `run` runs a cell; a promise is awaited. A
   * function that has been called before and returns a value has ended with this call.
   * @returns what the function returned, if the call ended well
   */
  call(text: string, args: readonly unknown[], run: Run): Soon<Ended<unknown>> {
    const sent = this.#sent.of(text);
    return this.#run(sent.index, run, () =>
      andThen(sent.make(), made => {
        const value = made(...args);
        return isThenable(value) ? Promise.resolve(value) : value;
      })
    );
  }

  /** @param index of the script that it is, for traces */
  #run<T>(index: number, run: Run, body: () => Soon<T>): Soon<Ended<T>> {
    const context = new RunContext(run);
    this.#runOfScript.set(index, context);
    this.#capture.beginRun();
    this.#stop.begin(context);
    const end = (ended: Ended<T>): Ended<T> => {
      this.#stop.end(context);
      this.#capture.endRun(context);
      return ended;
    };
    return orElse<Ended<T>>(
      () => andThen(this.#evaluate(context, body), value => end({ status: 'ok', value })),
      error => end({ status: 'error', error: shortenError(this.#traces.describe(error, index)) })
    );
  }

  /** What the run gives. @throws what it throws; Interrupted if a Stop comes before its end, or came before it */
  #evaluate<T>(context: RunContext, body: () => Soon<T>): Soon<T> {
    let given: Soon<T> | undefined;
    try {
      if (context.interrupted) throw new Interrupted();
      given = runIn(context, body);
      return given instanceof Promise ? this.#stop.unlessStopped(context, given) : given;
    } finally {
      if (!(given instanceof Promise)) this.#stop.settle(context);
    }
  }

  /** Follows a Stop that was asked for; nothing happens if its run has ended. */
  lookForStop(): void {
    this.#stop.look();
  }

  /** Tells of an error that no cell waits for, below the cell that the code now executing belongs to. */
  report(what: string, error: unknown): void {
    if (error instanceof Interrupted) return this.#strayStop();
    this.#capture.write(
      'stderr',
      `${what}: ${this.#traces.describe(error).traceback.join('\n')}\n`
    );
  }

  /** Passes on printed text that still waits for more. */
  flush(): void {
    this.#capture.flush();
  }

  /** Gives a top-level variable of the cells a value; it is declared if need be. */
  async setVariable(name: string, value: unknown): Promise<void> {
    await this.#withInputs(
      { value },
      inputs => `let ${checkName(name)} = ${inputs}.value; void 0;`
    );
  }

  /** The value of a top-level variable of the cells. @throws ReferenceError if there is none */
  async getVariable(name: string): Promise<unknown> {
    return this.#withInputs({}, () => checkName(name));
  }

  /** The names of the top-level variables of the cells. */
  variableNames(): Promise<string[]> {
    return this.#repl.names();
  }

  /** An error as a cell's error is shown, e.g. one that `call` threw. */
  describe(error: unknown): CellError {
    return shortenError(this.#traces.describe(error));
  }

  /** The line of a cell or a script that an error comes from, in words; undefined for an error of none. */
  lineOf(error: unknown): string | undefined {
    return this.#traces.lineOf(error);
  }

  async #show(script: string, keep?: string): Promise<Shown> {
    const { value } = await this.#repl.evaluate(script);
    if (keep !== undefined) {
      keptValues.set(keep, await value);
      return undefined;
    }
    return toBundle(value, (name, text) => this.#capture.save(name, text));
  }

  async #withInputs(inputs: object, script: (inputs: string) => string): Promise<unknown> {
    const key = `decentlab.inputs.${++inputCount}`;
    const globals = globalThis as unknown as Record<symbol, unknown>;
    globals[Symbol.for(key)] = inputs;
    try {
      return (await this.#repl.evaluate(script(`globalThis[Symbol.for('${key}')]`))).value;
    } catch (error) {
      throw (error as { value?: unknown }).value ?? error;
    } finally {
      delete globals[Symbol.for(key)];
    }
  }

  /** An error in a timer, or a promise that nobody looks at, is told and does no more harm. */
  #watchStrayErrors(): void {
    const report = (what: string) => (error: unknown) => {
      const run = currentRun() ?? this.#runOfScript.get(this.#traces.scriptOf(error) ?? -1);
      const where = run ? what : `${what} in the background`;
      if (run) runIn(run, () => this.report(where, error));
      else this.report(where, error);
    };
    process.on('uncaughtException', report('Uncaught'));
    process.on('unhandledRejection', report('Unhandled rejection'));
  }

  /** A timer of a stopped run, or a busy one of an earlier run, has been thrown out of: it must not come again. */
  #strayStop(): void {
    const run = currentRun();
    const timer = executionAsyncResource();
    if (timer instanceof Timer) clearInterval(timer as NodeJS.Timeout);
    if (run?.isStopTold) return;
    if (run) run.isStopTold = true;
    this.#capture.write('stderr', 'Stopped a background task.\n');
  }
}

/** The class of timers, which Node does not export. */
const Timer = timerClass();

function timerClass(): new () => object {
  const timer = setTimeout(() => {}, 0);
  clearTimeout(timer);
  return timer.constructor as new () => object;
}

/** Values of cells that somebody will fetch; he finds them under this name, from his own scope. */
const keptValues = new Map<string, unknown>();
Object.defineProperty(globalThis, Symbol.for('decentlab.kept'), { value: keptValues });

let inputCount = 0;

function checkName(name: string): string {
  if (!identifier.test(name)) throw new SyntaxError(`'${name}' is not the name of a variable.`);
  return name;
}

function defineGlobals(values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, {
      value,
      configurable: true,
      writable: true,
      enumerable: false
    });
  }
}
