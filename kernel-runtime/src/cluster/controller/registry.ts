/** The engines of the cluster: their processes, their links, and what is known of each. */
import { DecentLabError } from '../../errors.js';
import { isRunnable } from '../../platform.js';
import type { EngineProcess, Launcher } from '../launch/launcher.js';
import type { ControlLink } from '../net/control.js';
import { Silence } from '../net/silence.js';
import { encodeMessage } from '../protocol/codec.js';
import type { EngineHello, ToEngine, Waiting } from '../protocol/engine-messages.js';
import type { RankPlace, TcpPlace } from '../protocol/places.js';
import type { EngineConfig } from '../protocol/start.js';
import type { EngineCondition, EngineState } from '../protocol/state.js';

export interface RegistryOptions {
  readonly launcher: Launcher;
  readonly size: number;
  readonly cwd: string;
  readonly execArgv: readonly string[];
  /** What a new engine of this rank is told. */
  config(rank: number): EngineConfig;
  /** Variables of the environment of its own. */
  environment(rank: number): Readonly<Record<string, string>>;
  /** Something has changed that clients see. @param isLasting false for what every cell changes */
  onChange(isLasting: boolean): void;
  /** The process of a rank that had been ready is gone; `how` in words. */
  onLost(rank: number, how: string): void;
  /** Milliseconds within which a process that gives no sign of life is found. */
  readonly heartbeat: number;
  /** The process of a rank is there, but frozen or cut off. */
  onSilent(engine: Engine): void;
  /** It gives signs of life again. */
  onHeard(engine: Engine): void;
}

/** An engine that serves goes through these with every cell. */
const CELL_CONDITIONS: ReadonlySet<EngineCondition> = new Set(['idle', 'busy', 'waiting']);

/** An engine that is not ready by then is given up. */
const START_LIMIT_MS = 60_000;

/** What is known of one rank. */
export class Engine {
  readonly rank: number;
  condition: EngineCondition = 'starting';
  detail: string | undefined;
  process: EngineProcess | null = null;
  link: ControlLink | null = null;
  /** Where it listens to its peers, unless that is a socket of the machine. */
  place: TcpPlace | undefined;
  /** The call that it waits in for longer than usual. */
  waiting: Waiting | null = null;
  /** When its running task began, in milliseconds of `performance.now()`. */
  busySince = 0;
  /** Milliseconds for which it has computed without a pause, as it said last. */
  computing = 0;
  /** The requests that it works on; more than one if it was silent while the first was given up. */
  readonly tasks = new Set<number>();
  /** The graph goes around it. */
  isAbsent = false;
  /** Its process is being killed, or has lost its link with us: it ends, and is not gone yet. */
  isEnding = false;
  /** Other ranks cannot reach it, though its process gives signs of life. */
  isCutOff = false;
  /** Called when the process has said hello. */
  onReady: () => void = () => undefined;

  constructor(rank: number) {
    this.rank = rank;
  }

  get isAlive(): boolean {
    return this.link !== null;
  }

  /** Its process has been ended for another one, which is not ready yet. */
  get isOnItsWay(): boolean {
    return this.condition === 'stopped' || this.condition === 'starting';
  }

  /** Alive, and heard: it can do something. */
  get isPresent(): boolean {
    return this.isAlive && this.condition !== 'silent';
  }

  send(message: ToEngine): void {
    this.sendBytes(encodeMessage(message));
  }

  /** A message that goes to many ranks is encoded once. */
  sendBytes(bytes: Uint8Array): void {
    this.link?.send(bytes);
  }
}

export class Registry {
  readonly engines: readonly Engine[];
  readonly #options: RegistryOptions;
  readonly #silence: Silence<Engine>;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#silence = new Silence<Engine>({
      limit: options.heartbeat,
      // On a machine with too much to do it waits for its turn; a frozen one does not.
      isExcused: ({ process }) => process?.pid != null && isRunnable(process.pid),
      onSilent: (engine, elapsed) => this.#silent(engine, elapsed),
      onHeard: engine => this.#heard(engine)
    }).watch();
    this.engines = Array.from({ length: options.size }, (_, rank) => new Engine(rank));
  }

  get alive(): Engine[] {
    return this.engines.filter(engine => engine.isAlive);
  }

  /** The ranks without a living process, or whose process is silent. */
  get lost(): number[] {
    return this.engines.filter(engine => !engine.isPresent).map(({ rank }) => rank);
  }

  /** Those of them whose process is there. */
  get silent(): number[] {
    return this.engines.filter(({ condition }) => condition === 'silent').map(({ rank }) => rank);
  }

  /** The ranks that the graph goes around. */
  get absent(): number[] {
    return this.engines.filter(({ isAbsent }) => isAbsent).map(({ rank }) => rank);
  }

  /** Which ranks the graph goes around from now on. */
  setAbsent(ranks: readonly number[]): void {
    for (const engine of this.engines) engine.isAbsent = ranks.includes(engine.rank);
    this.#options.onChange(true);
  }

  /** The engines as clients see them. */
  describe(): EngineState[] {
    return this.engines.map(({ rank, process, condition, detail }) => ({
      rank,
      pid: process?.pid ?? null,
      state: condition,
      ...(detail === undefined ? {} : { detail }),
      ...(process ? { log: process.log } : {})
    }));
  }

  /** Starts the process of a rank; resolves when it is ready. @throws ENGINE_NOT_STARTED with what it said */
  start(rank: number): Promise<void> {
    const { launcher, config, environment, cwd, execArgv, size } = this.#options;
    const engine = this.engines[rank];
    const own = { config: config(rank), environment: environment(rank) };
    const process = launcher.start({ ...own, cwd, execArgv, processes: size });
    engine.process = process;
    engine.isEnding = false;
    this.#set(engine, 'starting');
    process.onBeat(computing => {
      if (engine.process !== process || !engine.isAlive) return;
      engine.computing = computing;
      this.#silence.heard(engine);
    });
    return new Promise((resolve, reject) => {
      let isLate = false;
      const limit = setTimeout(() => {
        isLate = true;
        process.kill();
      }, START_LIMIT_MS);
      engine.onReady = () => {
        clearTimeout(limit);
        resolve();
      };
      void process.exited.then(how => {
        clearTimeout(limit);
        if (engine.process !== process) return;
        const wasReady = engine.condition !== 'starting';
        this.#detach(engine, 'lost', how);
        if (wasReady) return this.#options.onLost(rank, how);
        const end = isLate ? `it was not ready within ${START_LIMIT_MS / 1000} s` : how;
        const cause = `${end} ${process.logTail()}`.trim();
        reject(new DecentLabError('ENGINE_NOT_STARTED', { rank, cause, how: end }));
      });
    });
  }

  /** An engine has said hello. @throws if no process of that rank is expected */
  attach({ rank, pid, place }: EngineHello, link: ControlLink): Engine {
    const engine = this.engines.at(rank);
    if (engine?.condition !== 'starting' || engine.process?.pid !== pid)
      throw new Error(`No engine of rank ${rank} is expected.`);
    engine.link = link;
    engine.place = place;
    // An engine without its link is of no use, and its exit is what everybody hears of.
    link.onClose(() => {
      if (engine.link === link) this.kill([engine.rank]);
    });
    this.#set(engine, 'idle');
    this.#silence.heard(engine);
    engine.onReady();
    return engine;
  }

  /** An engine has come: it learns where the others listen, and they learn where it does. */
  tellPlaces(newcomer: Engine): void {
    if (!newcomer.place) return;
    const others = this.alive.filter(engine => engine !== newcomer);
    newcomer.send({ type: 'places', places: others.flatMap(placesOf) });
    const bytes = encodeMessage({ type: 'places', places: placesOf(newcomer) } satisfies ToEngine);
    for (const engine of others) engine.sendBytes(bytes);
  }

  /** Ends the process of a rank without calling it lost; resolves when it is gone. */
  async end(rank: number): Promise<void> {
    const engine = this.engines[rank];
    const { process } = engine;
    engine.process = null;
    this.#detach(engine, 'stopped');
    process?.kill();
    await process?.exited;
  }

  /** Ends processes as if they had died by themselves: they are lost, and everybody hears of it. */
  kill(ranks: readonly number[]): void {
    for (const rank of ranks) {
      this.engines[rank].isEnding = true;
      this.engines[rank].process?.kill();
    }
  }

  /** Resolves when the processes that were about to end are gone, and count as lost. */
  async ended(): Promise<void> {
    const ending = this.engines.filter(({ isEnding }) => isEnding);
    await Promise.all(ending.flatMap(({ process }) => process?.exited ?? []));
  }

  /** A rank has begun a task. */
  begin(rank: number, task: number): void {
    this.engines[rank].tasks.add(task);
    this.#setBusy(this.engines[rank]);
  }

  /** A rank has ended a task. */
  finish(rank: number, task: number): void {
    this.engines[rank].tasks.delete(task);
    this.#setBusy(this.engines[rank]);
  }

  /** What a busy rank waits for; null if it goes on. */
  setWaiting(rank: number, waiting: Waiting | null): void {
    const engine = this.engines[rank];
    if (engine.condition !== 'busy' && engine.condition !== 'waiting') return;
    engine.waiting = waiting;
    const detail = waiting ? `${waiting.op}, for rank ${waiting.on.join(', ')}` : undefined;
    this.#set(engine, waiting ? 'waiting' : 'busy', detail);
  }

  /** It is idle once it has ended all that it was given. */
  #setBusy(engine: Engine): void {
    if (!engine.isPresent) return;
    engine.waiting = null;
    engine.busySince = performance.now();
    this.#set(engine, engine.tasks.size > 0 ? 'busy' : 'idle');
  }

  /** These ranks cannot reach a rank whose process runs: it counts as silent. */
  cutOff(rank: number, by: readonly number[]): void {
    const engine = this.engines[rank];
    if (!engine.isPresent) return;
    engine.isCutOff = true;
    engine.waiting = null;
    this.#set(
      engine,
      'silent',
      `ranks ${by.join(', ')} hear nothing of it, though its process runs`
    );
    this.#options.onSilent(engine);
  }

  /** All can reach it again. */
  reach(engine: Engine): void {
    engine.isCutOff = false;
    if (!this.#silence.isSilent(engine)) this.#heard(engine);
  }

  #silent(engine: Engine, elapsed: number): void {
    engine.waiting = null;
    const detail = `its process has given no sign of life for ${(elapsed / 1000).toFixed(1)} s`;
    this.#set(engine, 'silent', detail);
    this.#options.onSilent(engine);
  }

  #heard(engine: Engine): void {
    if (engine.isCutOff) return;
    this.#set(engine, engine.tasks.size > 0 ? 'busy' : 'idle');
    this.#options.onHeard(engine);
  }

  #detach(engine: Engine, condition: 'lost' | 'stopped', how?: string): void {
    engine.link = null;
    engine.waiting = null;
    engine.tasks.clear();
    engine.isCutOff = false;
    this.#silence.forget(engine);
    this.#set(engine, condition, how);
  }

  #set(engine: Engine, condition: EngineCondition, detail?: string): void {
    const isLasting = !CELL_CONDITIONS.has(engine.condition) || !CELL_CONDITIONS.has(condition);
    engine.condition = condition;
    engine.detail = detail;
    this.#options.onChange(isLasting);
  }
}

function placesOf({ rank, place }: Engine): RankPlace[] {
  return place ? [{ rank, ...place }] : [];
}
