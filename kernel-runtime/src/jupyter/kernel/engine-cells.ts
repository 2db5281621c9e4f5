/** Runs cells on engines: compiled once, sent to the targets, their outputs brought together. */
import { DecentLabError } from '../../errors.js';
import type { CompileResult, Scope } from '../../cells/compiler/types.js';
import type { Cluster } from '../../cluster/client/cluster.js';
import type { CellError, CellResult, CompiledCell } from '../../cluster/protocol/cell.js';
import { fetchCell, laterCell, type OutVariable } from './engine-out.js';
import { EngineOutputs, rankLabel, SharedDisplays } from './engine-outputs.js';
import { summarizeErrors, summarizeValues } from './engine-results.js';
import { EngineRun } from './engine-run.js';
import { stopEngines } from './engine-stop.js';
import type { Cell } from './execute-queue.js';
import { ProgressLine } from './progress-line.js';
import type { PxOptions } from './px-options.js';
import { PxResults } from './px-results.js';
import { formatRanks, resolveTargets } from './ranks.js';
import type { Stop } from './stop.js';

/** What a cell on engines needs of the kernel. */
export interface EngineHost {
  /** The cluster to run on, or null. */
  cluster(): Promise<Cluster | null>;
  compile(
    scope: Scope,
    source: string,
    name: string,
    ranks: readonly number[]
  ): Promise<CompileResult>;
  /** The type of the last expression of a cell, in words. */
  valueType(scope: Scope, source: string): Promise<string>;
  /** Makes a client variable known to the compiler. */
  declare(types: Record<string, string>): Promise<void>;
  /** Runs a cell on the client, for `--local`. */
  runOnClient(cell: Cell): Promise<CellResult>;
  /** Runs a compiled cell on the client, for `--out`. */
  runCompiled(cell: Cell, compiled: CompiledCell): Promise<CellResult>;
}

/** A cell, and how it runs. */
export interface EngineCell {
  readonly cell: Cell;
  readonly options: PxOptions;
  readonly isTimed: boolean;
}

/** Runs cells on engines, one at a time unless they do not wait. */
export class EngineCells {
  readonly #host: EngineHost;
  readonly #displays = new SharedDisplays();
  readonly outstanding = new PxResults();
  /** The Stop of the cell that runs. */
  #running: Stop | null = null;

  constructor(host: EngineHost) {
    this.#host = host;
  }

  /** Runs a cell; the result is the summary of all targets. */
  async run({ cell, options, isTimed }: EngineCell): Promise<CellResult> {
    const cluster = await this.#host.cluster();
    if (!cluster) throw new DecentLabError('NO_CLUSTER');
    const ranks = resolveTargets(options.targets, cluster.size, cluster.state.absent);
    const out = options.out === null ? null : await this.#prepareOut(cell, options.out);
    const compiled = await this.#host.compile('engines', cell.source, cell.name, ranks);
    cell.stopped.throwIfAborted();
    if (compiled.status === 'error') return compiled;
    const run = new EngineRun({
      ...{ cluster, ranks, isTimed },
      compiled: out ? { ...compiled.cell, keep: cell.id } : compiled.cell,
      outputs: new EngineOutputs(output => cell.outputs.add(output), {
        group: options.groupOutputs,
        displays: this.#displays
      })
    });
    run.results.catch(() => undefined);
    const variable = out && { ...out, key: cell.id, cluster: cluster.id, ranks };
    const task = { cell, cluster, run, variable };
    const [local, result] = await Promise.all([
      options.local ? this.#local(cell) : null,
      options.block ? this.#wait(task) : this.#detach(task)
    ]);
    return local?.status === 'error' ? local : result;
  }

  /** Waits for a cell that was started with `--noblock`, the newest by default, and shows its result. */
  async result(cell: Cell, argument: string): Promise<CellResult> {
    const { number, run } = this.outstanding.find(argument);
    const others = this.outstanding
      .describeRunning()
      .filter(text => !text.startsWith(`px ${number} `));
    if (others.length > 0) print(cell, 'stdout', `Also running: ${others.join('; ')}`);
    void run.follow(lineFor(cell, run));
    return show(cell, run);
  }

  /** Resolves when a cell that was started without waiting has ended well. @throws its error */
  async settled(number: number): Promise<void> {
    const { run } = this.outstanding.find(String(number));
    const error = summarizeErrors(await run.results);
    if (error) throw new Error(error.traceback.join('\n'));
  }

  /** The first call asks the engines of the running cell to stop, the second one replaces those that still run. */
  interrupt(): boolean {
    this.#running?.press();
    return this.#running !== null;
  }

  async #wait({ cell, cluster, run, variable }: Task): Promise<CellResult> {
    const stop = stopEngines(cluster, run.ranks, text => print(cell, 'stderr', text));
    this.#running = stop;
    try {
      const followed = run.follow(lineFor(cell, run));
      const result = await show(cell, run);
      await followed;
      if (!variable || result.status === 'error') return result;
      const fetched = await this.#host.runCompiled(cell, fetchCell(variable));
      if (fetched.status === 'error') return fetched;
      await this.#host.declare({ [variable.name]: `(${variable.type})[]` });
      return { status: 'ok' };
    } finally {
      stop.done();
      if (this.#running === stop) this.#running = null;
    }
  }

  /** Leaves the cell while the engines go on; what they bring is shown below the cell later. */
  async #detach({ cell, run, variable }: Task): Promise<CellResult> {
    const number = this.outstanding.add(run);
    void run.follow(lineFor(cell, run));
    void show(cell, run).then(result => {
      if (result.status === 'error') print(cell, 'stderr', result.error.traceback.join('\n'));
      else if (result.data) cell.outputs.add({ type: 'display', data: result.data });
    });
    if (variable) {
      const made = await this.#host.runCompiled(cell, laterCell(variable, number));
      if (made.status === 'error') return made;
      await this.#host.declare({ [variable.name]: `AsyncResult<(${variable.type})[]>` });
    }
    const text = `Running on ranks ${formatRanks(run.ranks)} as px ${number}; results will follow here, and %pxresult ${number} waits for them.`;
    return { status: 'ok', data: { 'text/plain': text } };
  }

  async #local(cell: Cell): Promise<CellResult> {
    const result = await this.#host.runOnClient(cell);
    if (result.status === 'ok' && result.data)
      for (const data of [rankLabel('client'), result.data])
        cell.outputs.add({ type: 'display', data });
    return result;
  }

  /** Asked before the cell is compiled: afterwards its own names are in the scope already. */
  async #prepareOut(cell: Cell, name: string): Promise<{ name: string; type: string }> {
    return { name, type: await this.#host.valueType('engines', cell.source) };
  }
}

interface Task {
  readonly cell: Cell;
  readonly cluster: Cluster;
  readonly run: EngineRun;
  readonly variable: (OutVariable & { readonly type: string }) | null;
}

/** Shows the answers of all ranks below `cell` as soon as they are there. */
async function show(cell: Cell, run: EngineRun): Promise<CellResult> {
  try {
    const ranked = await run.results;
    const { displays, result } = summarizeValues(ranked);
    for (const display of displays) cell.outputs.add(display);
    if (run.duration) print(cell, 'stdout', run.duration);
    const error = summarizeErrors(ranked);
    if (!error) return { status: 'ok', ...(result ? { data: result } : {}) };
    // The ranks that succeeded have something to show as well.
    if (result) cell.outputs.add({ type: 'display', data: result });
    return { status: 'error', error };
  } catch (error) {
    return { status: 'error', error: toCellError(error) };
  }
}

let lines = 0;

function lineFor(cell: Cell, { ranks }: EngineRun): ProgressLine {
  const displayId = `px-progress-${process.pid}-${++lines}`;
  return new ProgressLine({ ranks, displayId, emit: output => cell.outputs.add(output) });
}

function print(cell: Cell, name: 'stdout' | 'stderr', text: string): void {
  cell.outputs.add({ type: 'stream', name, text: `${text}\n` });
}

/** An error of ours or of the cluster as a front end shows it. */
export function toCellError(error: unknown): CellError {
  const { name, message } =
    error instanceof Error ? error : { name: 'Error', message: String(error) };
  const code = error instanceof DecentLabError ? { code: error.code } : {};
  return { name, message, traceback: [`${name}: ${message}`], ...code };
}
