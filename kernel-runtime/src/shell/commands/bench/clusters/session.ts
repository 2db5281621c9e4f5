/** What clusters cost from their start to their end, several of them side by side. */
import { Contenders } from '../contenders.js';
import { FrontEnd } from '../kernels/front-end.js';
import type { ClusterKind } from './kinds.js';

/** Milliseconds. */
export interface ClusterSample {
  readonly start: number;
  readonly magic: readonly number[];
  readonly execute: readonly number[];
  readonly apply: readonly number[];
  readonly push: readonly number[];
  readonly pull: readonly number[];
  readonly stop: number;
}

type Call = 'magic' | 'execute' | 'apply' | 'push' | 'pull';
type Times = Record<Call, number[]>;

/** Calls in a row, as in a notebook: none pays for what another cluster has left in the processor's caches. */
const IN_A_ROW = 20;
const SHORT_TURNS = 3;
const LARGE_CALLS = 10;

/** Ours starts within two seconds, ipyparallel on a busy machine within half a minute. */
const PATIENCE_MS = 60_000;

export interface ClustersContext {
  readonly engines: number;
  progress(line: string): void;
  /** Where it is told who was left out. */
  readonly notes: string[];
}

/**
 * Starts one cluster of each kind, calls them in turns, and ends them; one that fails has no sample.
 * @throws if ours fails
 */
export async function measureClusters(
  kinds: readonly ClusterKind[],
  { engines, notes, progress }: ClustersContext
): Promise<ReadonlyMap<ClusterKind['name'], ClusterSample>> {
  const sessions = new Map<ClusterKind, Session>();
  const contenders = new Contenders(kinds, notes, { progress });
  const inTurns = (measure: (session: Session) => Promise<void>): Promise<void> =>
    contenders.inTurns(`a cluster of ${engines}`, kind => measure(sessions.get(kind)!));
  try {
    await contenders.inTurns(`a cluster of ${engines}`, async kind => {
      sessions.set(kind, await Session.open(kind));
    });
    await inTurns(session => session.start(engines));
    for (let turn = 0; turn < SHORT_TURNS; turn++)
      for (const name of ['magic', 'execute', 'apply'] as const)
        await inTurns(session => session.call(...Array.from({ length: IN_A_ROW }, () => name)));
    for (let k = 0; k < LARGE_CALLS; k++) await inTurns(session => session.call('push', 'pull'));
    await inTurns(session => session.stop());
    return new Map(contenders.present.map(kind => [kind.name, sessions.get(kind)!.sample()]));
  } finally {
    await Promise.all([...sessions.values()].map(session => session.close()));
  }
}

class Session {
  readonly kind: ClusterKind;
  readonly #frontEnd: FrontEnd;
  readonly #times: Times = { magic: [], execute: [], apply: [], push: [], pull: [] };
  #start = NaN;
  #stop = NaN;

  private constructor(kind: ClusterKind, frontEnd: FrontEnd) {
    this.kind = kind;
    this.#frontEnd = frontEnd;
  }

  static async open(kind: ClusterKind): Promise<Session> {
    const frontEnd = await FrontEnd.start(kind.kernel, PATIENCE_MS);
    await frontEnd.run('1');
    return new Session(kind, frontEnd);
  }

  async start(engines: number): Promise<void> {
    this.#start = (await this.#frontEnd.check(this.kind.start(engines))).elapsed;
    await this.#frontEnd.check(this.kind.numbers);
  }

  /** A magic takes as long as its cell, a call as long as it says. */
  async call(...names: Call[]): Promise<void> {
    for (const name of names) {
      const { elapsed, text } = await this.#frontEnd.check(this.kind[name]);
      this.#times[name].push(name === 'magic' ? elapsed : Number(text));
    }
  }

  async stop(): Promise<void> {
    this.#stop = (await this.#frontEnd.check(this.kind.stop)).elapsed;
  }

  sample(): ClusterSample {
    return { start: this.#start, ...this.#times, stop: this.#stop };
  }

  close(): Promise<void> {
    return this.#frontEnd.close();
  }
}
