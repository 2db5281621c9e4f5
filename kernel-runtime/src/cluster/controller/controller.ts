/** The controller of one cluster: starts and watches engines, passes on tasks and outputs, opens epochs. */
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';

import { availableCores, socketAddress } from '../../platform.js';
import type { Launcher } from '../launch/launcher.js';
import { localLauncher } from '../launch/local.js';
import { monotonicNow } from '../net/clock.js';
import { serveControl, type ControlLink } from '../net/control.js';
import type { ClientHello, FromClient, RestartRequest } from '../protocol/client-messages.js';
import type { ClusterFile } from '../protocol/cluster-file.js';
import { MAX_MESSAGE_BYTES } from '../protocol/codec.js';
import type { FromEngine } from '../protocol/engine-messages.js';
import { reasonOf } from '../protocol/reason.js';
import type { ControllerConfig } from '../protocol/start.js';
import type { ClusterState } from '../protocol/state.js';
import { Clients, type Client } from './clients.js';
import { lastingState, removeClusterFile, writeClusterFile } from './cluster-file.js';
import { receive } from './door.js';
import { Epochs } from './epochs.js';
import { Healing } from './healing.js';
import { IdleWatch } from './idle-watch.js';
import { wordsOfEnd, wordsOfReturn, wordsOfSilence } from './notices.js';
import { Registry, type Engine } from './registry.js';
import { Requests } from './requests.js';
import { StallWatch } from './stall-watch.js';
import { Verdicts } from './verdicts.js';
import { Watchers } from './watchers.js';

/** Other machines are reached by TLS only, which engines do not speak yet. */
const LOOPBACK = '127.0.0.1';
/** Engines that start side by side. */
const LEAST_STARTS_AT_ONCE = 8;
const STARTS_A_CORE = 4;

export class Controller {
  readonly #config: ControllerConfig;
  readonly #launcher: Launcher;
  readonly #address: string;
  readonly #registry: Registry;
  readonly #epochs: Epochs;
  readonly #healing: Healing;
  readonly #verdicts: Verdicts;
  readonly #requests: Requests;
  readonly #clients: Clients;
  readonly #stalls: StallWatch;
  readonly #idle: IdleWatch;
  readonly #watchers: Watchers;
  readonly #onEnd: () => void;
  /** By rank: what ends when the process that is being replaced is there again. */
  readonly #restarts = new Map<number, Promise<void>>();
  #written = '';
  #isEnding = false;

  /**
   * @param onEnd called when everything of the cluster is gone
   * @param launcher starts the engines. Defaults to this machine's
   */
  constructor(config: ControllerConfig, onEnd: () => void, launcher = localLauncher()) {
    this.#config = config;
    this.#launcher = launcher;
    this.#onEnd = onEnd;
    this.#address = socketAddress(config.folder, 'controller');
    this.#registry = this.#createRegistry();
    this.#epochs = new Epochs(this.#registry);
    this.#healing = new Healing(this.#registry, this.#epochs, config.heartbeat);
    this.#verdicts = new Verdicts({
      ...{ registry: this.#registry, cuts: this.#healing.cuts, delay: config.heartbeat / 2 },
      onLinkCut: text => this.#tellAll(text)
    });
    this.#requests = new Requests(this.#registry, this.#epochs, this.#verdicts);
    this.#watchers = new Watchers(this.#registry);
    this.#clients = new Clients(config.folder, () => this.#state());
    this.#stalls = new StallWatch({
      registry: this.#registry,
      requests: this.#requests,
      pause: config.stallAfter,
      onStall: (request, text) =>
        request.client.send({ type: 'notice', request: request.number, text })
    });
    this.#idle = new IdleWatch(config.idleLimit, () => {
      void this.stop(`nobody was connected to it for ${config.idleLimit / 1000} s`);
    });
  }

  /**
   * Starts all engines.
   * @param onProgress called with the number of engines that are ready
   * @throws ENGINE_NOT_STARTED
   */
  async start(onProgress: (ready: number) => void): Promise<ClusterFile> {
    await serveControl({
      address: this.#address,
      token: this.#config.token,
      maxPayload: MAX_MESSAGE_BYTES,
      onLink: link =>
        receive(link, {
          enterClient: (hello, own) => this.#enterClient(hello, own),
          enterEngine: (hello, own) => this.#enterEngine(this.#registry.attach(hello, own))
        })
    });
    let ready = 0;
    const ranks = this.#registry.engines.map(({ rank }) => rank);
    await this.#startEngines(ranks, () => onProgress(++ready));
    this.#writeFile();
    this.#idle.begin();
    return this.#file();
  }

  /** Ends the engines, removes all files, and says goodbye to the clients. */
  async stop(reason: string): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#idle.close();
    await Promise.all(this.#registry.engines.map(({ rank }) => this.#registry.end(rank)));
    removeClusterFile(this.#config.id);
    rmSync(this.#config.folder, { recursive: true, force: true });
    this.#clients.broadcast({ type: 'closed', reason });
    this.#clients.close();
    this.#onEnd();
  }

  /**
   * Starts the processes of ranks, some at once: all of many would share the processors until none is ready in time.
   * @throws ENGINE_NOT_STARTED
   */
  async #startEngines(ranks: readonly number[], onReady = (): void => undefined): Promise<void> {
    // One list for those who work it off side by side.
    const rest = ranks.values();
    const workOff = async (): Promise<void> => {
      for (const rank of rest) {
        if (this.#isEnding) return;
        // After a failure of others, a later restart of this rank may have been quicker.
        if (!this.#registry.engines[rank].process) await this.#registry.start(rank);
        onReady();
      }
    };
    const atOnce = Math.max(LEAST_STARTS_AT_ONCE, STARTS_A_CORE * availableCores());
    await Promise.all(Array.from({ length: atOnce }, workOff));
  }

  #createRegistry(): Registry {
    const { size, cwd, execArgv, token, folder, stallAfter, heartbeat } = this.#config;
    return new Registry({
      ...{ launcher: this.#launcher, size, cwd, execArgv, heartbeat },
      config: rank => {
        const [epoch, { topology }] = [this.#epochs.current, this.#healing];
        const { topologyName, nodesPerMachine, link, transport } = this.#config;
        const host = transport === 'tcp' ? { host: LOOPBACK } : {};
        const given = { topologyName, nodesPerMachine, link, ...host };
        const shared = { size, token, address: this.#address, folder, stallAfter, heartbeat };
        return { rank, ...shared, epoch, topology, ...given };
      },
      environment: rank => this.#config.environments?.[rank] ?? {},
      onChange: isLasting => this.#changed(isLasting),
      onLost: (rank, how) => {
        // Ahead of the replies, so that it is read under the cell that it has cut off.
        this.#tellAll(wordsOfEnd(rank, how));
        this.#requests.lose(rank);
      },
      onSilent: engine => {
        this.#tellAll(wordsOfSilence(engine));
        this.#requests.lose(engine.rank);
      },
      onHeard: engine => {
        this.#healing.heardAgain(engine.rank);
        this.#tellAll(wordsOfReturn(engine));
        this.#requests.resume(engine.rank);
      }
    });
  }

  #tellAll(text: string): void {
    this.#clients.broadcast({ type: 'notice', request: null, text });
  }

  #enterClient(
    { isWatching = false }: ClientHello,
    link: ControlLink
  ): (message: FromClient) => void {
    if (!isWatching) this.#idle.enter();
    const client = this.#clients.add(link, () => {
      this.#watchers.set(client, null);
      if (!isWatching) this.#idle.leave();
    });
    return message => this.#fromClient(client, message);
  }

  #fromClient(client: Client, message: FromClient): void {
    if ('ranks' in message) this.#checkRanks(message.ranks);
    switch (message.type) {
      case 'hello':
        throw new Error('A second hello.');
      case 'task':
        return this.#requests.add(client, message);
      case 'interrupt':
        return this.#requests.interrupt(message.ranks);
      case 'restart':
        return void this.#restart(client, message);
      case 'heal':
        return void this.#heal(client, message.request);
      case 'kill':
        return this.#registry.kill(message.ranks);
      case 'watch':
        return this.#watchers.set(client, message.isOn ? message : null);
      case 'stop':
        return void this.stop('it was stopped');
    }
  }

  #checkRanks(ranks: readonly number[]): void {
    const { size } = this.#config;
    if (ranks.some(rank => rank >= size) || new Set(ranks).size < ranks.length)
      throw new Error(`Ranks are different numbers below ${size}, received ${ranks.join(', ')}.`);
  }

  #enterEngine(engine: Engine): (message: FromEngine) => void {
    const { rank } = engine;
    this.#epochs.join(rank);
    this.#registry.tellPlaces(engine);
    this.#watchers.tell(engine);
    return message => {
      switch (message.type) {
        case 'hello':
          throw new Error('A second hello.');
        case 'reply':
          return this.#requests.reply(rank, message.request, message);
        case 'output':
          return this.#requests.output(rank, message.request, message.outputs);
        case 'stats':
          return this.#watchers.pass(rank, message.stats);
        case 'disagreement':
          if (!this.#epochs.isCurrent(rank, message.epoch)) return;
          return this.#requests.disagree(message.request, message.reason);
        case 'waiting':
          this.#registry.setWaiting(rank, message.waiting);
          if (message.waiting) this.#stalls.report(rank);
          return;
        case 'topology':
          return this.#healing.learn(message.topology);
        case 'clock':
          return engine.send({ type: 'clock', time: monotonicNow() });
        case 'peer-silent':
          return this.#cut(engine, message.rank);
        case 'peer-heard':
          return this.#mend(rank, message.rank);
      }
    };
  }

  /** A rank does not hear another. */
  #cut(engine: Engine, peer: number): void {
    this.#healing.cuts.cut(engine.rank, peer);
    this.#verdicts.await(engine, peer);
  }

  /** A rank can reach another again. */
  #mend(rank: number, peer: number): void {
    const { cuts } = this.#healing;
    cuts.mend(rank, peer);
    for (const one of this.#registry.engines)
      if (one.isCutOff && cuts.around(one.rank).length === 0) this.#registry.reach(one);
  }

  async #heal(client: Client, request: number): Promise<void> {
    client.finish({ type: 'settled', request, healed: await this.#healing.heal() });
  }

  async #restart(client: Client, { request, ranks }: RestartRequest): Promise<void> {
    try {
      await this.#replaceOnce(ranks);
      client.finish({ type: 'settled', request });
    } catch (error) {
      const { name, message } = error as Error;
      const traceback = [`${name}: ${message}`];
      const reason = reasonOf(error);
      const told = { error: { name, message, traceback }, ...(reason && { reason }) };
      client.finish({ type: 'settled', request, ...told });
    }
  }

  /** Replaces processes; one that is on its way already, and that nobody has used, serves all who ask for it. */
  async #replaceOnce(ranks: readonly number[]): Promise<void> {
    const underWay = ranks.filter(
      rank => this.#restarts.has(rank) && this.#registry.engines[rank].isOnItsWay
    );
    const rest = ranks.filter(rank => !underWay.includes(rank));
    const replaced = this.#replace(rest);
    for (const rank of rest) this.#restarts.set(rank, replaced);
    try {
      await Promise.all([replaced, ...underWay.map(rank => this.#restarts.get(rank))]);
    } finally {
      for (const rank of rest)
        if (this.#restarts.get(rank) === replaced) this.#restarts.delete(rank);
    }
  }

  async #replace(ranks: readonly number[]): Promise<void> {
    try {
      const ended = ranks.map(rank => this.#registry.end(rank));
      for (const rank of ranks) this.#requests.lose(rank);
      await Promise.all(ended);
      await this.#startEngines(ranks);
      this.#healing.restore(ranks);
    } finally {
      this.#requests.startWhatCan();
    }
  }

  #state(): ClusterState {
    const { id, name, size, cwd, startedAt } = this.#config;
    const engines = this.#registry.describe();
    const { absent } = this.#registry;
    return { id, name, size, epoch: this.#epochs.current, cwd, startedAt, engines, absent };
  }

  #file(): ClusterFile {
    const whereabouts = { host: hostname(), pid: process.pid, address: this.#address };
    return { ...this.#config, ...this.#state(), ...whereabouts };
  }

  #changed(isLasting: boolean): void {
    if (this.#isEnding) return;
    this.#clients.changed();
    if (isLasting && this.#written !== '') this.#writeFile();
  }

  /** Only what lasts is worth a write. */
  #writeFile(): void {
    const lasting = lastingState(this.#registry.describe());
    if (lasting === this.#written) return;
    this.#written = lasting;
    writeClusterFile(this.#file());
  }
}
