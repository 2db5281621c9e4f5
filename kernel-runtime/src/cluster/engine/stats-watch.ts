/** Measures this engine while somebody watches: links, W, memory, variables. Costs nothing otherwise. */
import type { Executor } from '../../cells/executor/executor.js';
import type { EngineCommunicator } from '../collectives/engine-communicator.js';
import { computeInWords } from '../../mathematics/tensor/tensorflow.js';
import { monotonicNow } from '../net/clock.js';
import type { EngineStats, VariableStats, Wanted } from '../protocol/stats.js';
import { typeOf } from '../protocol/type-names.js';
import type { LiveTimes } from './live-times.js';

/** Four times a second is as fast as an eye follows numbers. */
const INTERVAL_MS = 250;
/** Who only counts is there all the time. */
const BRIEF_INTERVAL_MS = 1000;
/** Variables of interest are few; a cell that declares hundreds must not make the engine slow. */
const MAX_VARIABLES = 40;
/** Entries of a picked variable that travel. */
const MAX_ENTRIES = 4096;

export interface StatsWatchOptions {
  readonly communicator: EngineCommunicator;
  readonly executor: Pick<Executor, 'variableNames' | 'getVariable'>;
  readonly live: LiveTimes;
}

export class StatsWatch {
  readonly #options: StatsWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #isMeasuring = false;

  constructor(options: StatsWatchOptions) {
    this.#options = options;
  }

  /** Somebody watches from now on, or nobody does (null). `tell` gets a measurement at once and then every 250 ms, or 1 s if that is enough. */
  set(wanted: Wanted | null, tell: (stats: EngineStats) => void): void {
    clearInterval(this.#timer);
    void this.#options.live.set(wanted?.isTimed ?? false);
    if (!wanted) return;
    const look = async (): Promise<void> => {
      // A slow look is not overtaken by the next.
      if (this.#isMeasuring) return;
      this.#isMeasuring = true;
      try {
        tell(await this.#measure(wanted));
      } finally {
        this.#isMeasuring = false;
      }
    };
    const interval = wanted.isBrief ? BRIEF_INTERVAL_MS : INTERVAL_MS;
    this.#timer = setInterval(() => void look(), interval);
    this.#timer.unref();
    void look();
  }

  async #measure({ variables, isBrief = false }: Wanted): Promise<EngineStats> {
    const { communicator, live } = this.#options;
    const { user, system } = process.cpuUsage();
    const [call, peers] = await Promise.all([communicator.waiting(), communicator.counters()]);
    const waiting = call && {
      words: `${call.op}, for rank ${call.on.join(', ')}`,
      since: call.since
    };
    const lately = await live.take(waiting);
    return {
      at: monotonicNow(),
      ...communicator.row(),
      peers,
      memory: process.memoryUsage.rss(),
      cpu: user + system,
      rounds: communicator.rounds,
      device: computeInWords(),
      ...(waiting ? { waiting: waiting.words } : {}),
      variables: isBrief ? [] : await this.#variables(),
      picked: await this.#entries(variables),
      ...(lately ? { lately } : {})
    };
  }

  async #entries(names: readonly string[]): Promise<Record<string, number[]>> {
    const found: Record<string, number[]> = {};
    for (const name of names) {
      const entries = entriesOf(await this.#value(name));
      if (entries) found[name] = entries;
    }
    return found;
  }

  async #variables(): Promise<VariableStats[]> {
    const names = await this.#options.executor.variableNames();
    const found: VariableStats[] = [];
    for (const name of names.slice(-MAX_VARIABLES)) {
      const value = await this.#value(name);
      const entries = entriesOf(value);
      if (!entries) continue;
      const norm = Math.hypot(...entries);
      found.push({ name, type: typeOf(value), shape: shapeOf(value), norm });
    }
    return found;
  }

  /** A variable whose cell failed, or has not come so far, has no value. */
  #value(name: string): Promise<unknown> {
    return this.#options.executor.getVariable(name).catch(() => undefined);
  }
}

/** The numbers of a value, the first few thousand of them; null if it is no number and no array of numbers. */
function entriesOf(value: unknown): number[] | null {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return null;
  const data: unknown = 'data' in value && 'rows' in value ? value.data : value;
  if (data instanceof Float64Array || data instanceof Float32Array || data instanceof Int32Array)
    return Array.from(data.subarray(0, MAX_ENTRIES));
  return null;
}

function shapeOf(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('rows' in value && 'columns' in value) return [Number(value.rows), Number(value.columns)];
  return 'length' in value ? [Number(value.length)] : [];
}
