/** Runs `%%px` cells: compiled once for the engines, sent to the targets, their outputs brought together. */
import { DecentLabError } from '../../errors.js';
import type { CompileResult, Scope } from '../../cells/compiler/types.js';
import type { Cluster } from '../../cluster/client/cluster.js';
import type { CellError, CellResult, CompiledCell } from '../../cluster/protocol/cell.js';
import { EngineOutputs } from './engine-outputs.js';
import { summarizeErrors, summarizeValues } from './engine-results.js';
import type { Cell } from './execute-queue.js';
import type { PxOptions } from './magics.js';
import { formatRanks, resolveTargets } from './ranks.js';

/** What a `%%px` cell needs of the kernel. */
export interface EngineHost {
  /** The cluster to run on, or null. */
  cluster(): Promise<Cluster | null>;
  compile(scope: Scope, source: string, name: string): Promise<CompileResult>;
  /** Runs a cell on the client, for `--local`. */
  runOnClient(cell: Cell): Promise<CellResult>;
}

/** Runs cells on engines, one at a time unless they do not wait. */
export class EngineCells {
  readonly #host: EngineHost;
  #running: Cluster | null = null;

  constructor(host: EngineHost) {
    this.#host = host;
  }

  /** Runs a cell; the result is the summary of all targets. */
  async run(cell: Cell, options: PxOptions): Promise<CellResult> {
    const cluster = await this.#host.cluster();
    if (!cluster) throw new DecentLabError('NO_CLUSTER');
    const ranks = resolveTargets(options.targets, cluster.size);
    const compiled = await this.#host.compile('engines', cell.source, cell.name);
    if (compiled.status === 'error') return compiled;
    const remote = this.#onEngines({ cell, cluster, ranks, options }, compiled.cell);
    const local = options.local ? this.#host.runOnClient(cell) : null;
    if (!options.block) return this.#detach(cell, ranks, remote);
    const [results, localResult] = await Promise.all([remote, local]);
    return localResult?.status === 'error' ? localResult : results;
  }

  /** Asks the engines of the running cell to stop; true if there is one. */
  interrupt(): boolean {
    if (!this.#running) return false;
    void this.#running.interrupt();
    return true;
  }

  async #onEngines(
    { cell, cluster, ranks, options }: Task,
    compiled: CompiledCell
  ): Promise<CellResult> {
    const outputs = new EngineOutputs(output => cell.outputs.add(output), options.groupOutputs);
    if (options.block) this.#running = cluster;
    try {
      const onOutput = outputs.add.bind(outputs);
      const results = await cluster.ranks(ranks).execute(compiled, { onOutput });
      outputs.finish();
      return summarize(cell, { ranks, results });
    } finally {
      if (options.block) this.#running = null;
    }
  }

  /** Leaves the cell while the engines go on; what they bring is shown below the cell later. */
  #detach(cell: Cell, ranks: readonly number[], remote: Promise<CellResult>): CellResult {
    const show = (error: CellError) =>
      cell.outputs.add({ type: 'stream', name: 'stderr', text: `${error.traceback.join('\n')}\n` });
    void remote.then(
      result => {
        if (result.status === 'error') show(result.error);
        else if (result.data) cell.outputs.add({ type: 'display', data: result.data });
      },
      (error: unknown) => show(toCellError(error))
    );
    return {
      status: 'ok',
      data: { 'text/plain': `Running on ranks ${formatRanks(ranks)}; results will follow here.` }
    };
  }
}

interface Task {
  readonly cell: Cell;
  readonly cluster: Cluster;
  readonly ranks: readonly number[];
  readonly options: PxOptions;
}

function summarize(cell: Cell, ranked: Parameters<typeof summarizeValues>[0]): CellResult {
  const { displays, result } = summarizeValues(ranked);
  for (const display of displays) cell.outputs.add(display);
  const error = summarizeErrors(ranked);
  if (!error) return { status: 'ok', ...(result ? { data: result } : {}) };
  // The ranks that succeeded have something to show as well.
  if (result) cell.outputs.add({ type: 'display', data: result });
  return { status: 'error', error };
}

/** An error of ours or of the cluster as a front end shows it. */
export function toCellError(error: unknown): CellError {
  const { name, message } =
    error instanceof Error ? error : { name: 'Error', message: String(error) };
  const code = error instanceof DecentLabError ? { code: error.code } : {};
  return { name, message, traceback: [`${name}: ${message}`], ...code };
}
