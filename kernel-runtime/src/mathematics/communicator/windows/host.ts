/**
 * All windows of one rank: does what its program asks, and what its peers ask at any moment. Knows no socket and no clock:
 * the simulator and the I/O thread of an engine bring the messages.
 */
import { DecentLabError } from '../../../errors.js';
import { Asks, type Asking, type PendingAsk } from './asks.js';
import { Holds } from './holds.js';
import type { WindowMessage, WindowPeers, WindowRequest } from './messages.js';
import type { WinGetOptions, WinMutexOptions, WinPutOptions } from './one-sided.js';
import type { Flat, UpdateOptions, Writing } from './room.js';
import { misfit, serve } from './service.js';
import { mutexRanks, selfWeightOf, updateWeights, weightedRanks } from './weights.js';
import { Window, type Arrays, type Load, type WindowMaking } from './window.js';

export interface WindowHostOptions {
  readonly rank: number;
  readonly peers: WindowPeers;
  /** Whether this rank had another process before, whose windows are gone. Defaults to false. */
  readonly isReplaced?: boolean;
}

/** What one request says beside its number. */
type Request = Omit<WindowRequest, 'id' | 'window' | 'creation'>;

const OPS = { put: 'winPut', accumulate: 'winAccumulate' } as const;

export class WindowHost {
  readonly #options: WindowHostOptions;
  readonly #windows = new Map<string, Window>();
  readonly #asks = new Asks<Load>();
  readonly #lost = new Set<number>();
  /** Those who take part, if the graph goes around some. */
  #members: readonly number[] | undefined;
  readonly #holds = new Holds();
  #countsP = false;

  constructor(options: WindowHostOptions) {
    this.#options = options;
  }

  /** Sorted. */
  get names(): string[] {
    return [...this.#windows.keys()].sort();
  }

  /** @throws WINDOW_EXISTS */
  assertFree(name: string): void {
    const { rank } = this.#options;
    if (this.#windows.has(name)) throw new DecentLabError('WINDOW_EXISTS', { name, rank });
  }

  /** The memory of a window, to be read. @throws WINDOW_MISSING */
  window(name: string): Window {
    const window = this.#windows.get(name);
    if (window) return window;
    throw this.#missing(name);
  }

  /** Makes the memory of a window; the ranks agree on it elsewhere. @throws WINDOW_EXISTS */
  create(making: WindowMaking): void {
    this.assertFree(making.name);
    this.#windows.set(making.name, new Window(making));
  }

  /** Frees the memory of a window, or of all. Who waits for it is refused. */
  free(name?: string): void {
    const names = name === undefined ? this.names : [name];
    for (const freed of names) {
      const window = this.#windows.get(freed);
      this.#windows.delete(freed);
      window?.close();
    }
  }

  /** From now on p goes with the values, or no more. */
  countP(isCounting: boolean): void {
    this.#countsP = isCounting;
  }

  /** Puts or accumulates: all shares leave in one instant, in which the own value becomes selfWeight · x. */
  async write(
    writing: Writing,
    name: string,
    { value, options }: { value: Flat; options: WinPutOptions }
  ): Promise<void> {
    const window = this.window(name);
    const asking = { op: OPS[writing], window: name, timeout: options.timeout };
    const call = this.#saying(asking);
    assertSame(window, value, call);
    const selfWeight = selfWeightOf(options.selfWeight, call);
    const argument = 'dstWeights';
    const pairs = weightedRanks(options.dstWeights, window.near.destinations, { call, argument });
    for (const [to] of pairs) this.#assertThere(to, asking);
    const factors = pairs.map(([, factor]) => factor);
    const shares = window.divide(value.datas, selfWeight, { factors, countsP: this.#countsP });
    const { requireMutex = false } = options;
    const written = pairs.map(([to, factor]) =>
      this.#ask(asking, to, window, { kind: writing, requireMutex, ...shares.get(factor)! })
    );
    await allOf(written);
  }

  async get(
    name: string,
    { srcWeights, requireMutex = false, timeout }: WinGetOptions
  ): Promise<void> {
    const window = this.window(name);
    const asking = { op: 'winGet', window: name, timeout };
    const argument = { call: this.#saying(asking), argument: 'srcWeights' };
    const pairs = weightedRanks(srcWeights, window.near.sources, argument);
    for (const [from] of pairs) this.#assertThere(from, asking);
    const fetched = pairs.map(async ([from, factor]) => {
      const { datas } = await this.#ask(asking, from, window, {
        kind: 'get',
        requireMutex,
        datas: []
      });
      this.#assertAlive(window);
      if (!window.fits(datas)) throw misfit(window, datas, this.#saying(asking));
      window.fetch(from, datas, factor);
    });
    await allOf(fetched);
  }

  /** The arrays returned are the window's own: read them only. */
  async update(name: string, options: UpdateOptions): Promise<Arrays> {
    const window = this.window(name);
    const { collect = false, reset = collect, clone = false, requireMutex = false } = options;
    const op = collect ? 'winUpdateThenCollect' : 'winUpdate';
    const asking = { op, window: name, timeout: options.timeout };
    const weights = updateWeights(options, window.near, this.#saying(asking));
    const sum = (): Arrays => window.update({ ...weights, reset, clone, countsP: this.#countsP });
    if (!requireMutex) return sum();
    const { rank } = this.#options;
    const { id, answered } = this.#asks.open(asking, [rank]);
    const result = { datas: [] as Arrays };
    const granted = (): void => {
      result.datas = sum();
      this.#asks.answer(id, result);
    };
    window.mutex.pass({
      rank,
      id,
      granted,
      refused: () => this.#asks.reject(id, this.#missing(name))
    });
    return (await answered).datas;
  }

  /** Asks for the mutexes one after the other, lower ranks first. */
  async lock(name: string, options: WinMutexOptions): Promise<number> {
    const window = this.window(name);
    const asking = { op: 'winMutex', window: name, timeout: options.timeout };
    const ranks = mutexRanks(options, window.near, this.#saying(asking));
    const hold = this.#holds.open();
    try {
      for (const rank of ranks) {
        // The cell has ended meanwhile, and with it all that it held.
        if (!this.#holds.isOpen(hold)) throw new DecentLabError('INTERRUPTED');
        this.#assertThere(rank, asking);
        const { id, answered } = this.#asks.open(asking, [rank]);
        this.#holds.add(hold, { rank, id, window: name });
        this.#send(rank, {
          kind: 'lock',
          id,
          window: name,
          creation: window.creation,
          requireMutex: true,
          datas: []
        });
        await answered;
      }
      return hold;
    } catch (error) {
      this.release(hold);
      throw error;
    }
  }

  /** Gives back what a hold holds; nothing if it is over. */
  release(hold: number): void {
    for (const { rank, id, window } of this.#holds.close(hold)) {
      if (!this.#lost.has(rank)) this.#send(rank, { kind: 'release', id, window });
    }
  }

  /** Writes since the last read, by in-neighbour. */
  version(name: string): Record<number, number> {
    return this.window(name).versions();
  }

  associatedP(name: string): number {
    return this.window(name).p;
  }

  async arrival(name: string, { timeout }: { timeout?: number }): Promise<void> {
    const window = this.window(name);
    const sources = Array.from(window.near.sources);
    const asking = { op: 'winArrival', window: name, timeout };
    if (sources.length === 0) throw nobodyWrites(this.#saying(asking));
    // What has arrived may be read even if nobody is left who writes more.
    const isLonely = !window.isUnread && sources.every(rank => this.#lost.has(rank));
    if (isLonely) this.#assertThere(sources[0], asking);
    const { id, answered } = this.#asks.open(asking, sources);
    window.awaitArrival({
      granted: () => this.#asks.answer(id, { datas: [] }),
      refused: () => this.#asks.reject(id, this.#missing(name))
    });
    await answered;
  }

  /** A message of a peer, or of this rank to itself. */
  receive(from: number, message: WindowMessage): void {
    switch (message.kind) {
      case 'answer':
        return this.#asks.answer(message.id, message);
      case 'refusal':
        return this.#asks.reject(message.id, new DecentLabError(message.code, message.detail));
      case 'release':
        return this.#windows.get(message.window)?.mutex.release({ rank: from, id: message.id });
      default:
        return this.#serve(from, message);
    }
  }

  /** The program of this rank has ended, well or not: what it holds is released. */
  endCell(): void {
    for (const hold of this.#holds.all()) this.release(hold);
  }

  /** Ends what this rank waits for; true if it waited. What is on its way still arrives. */
  interrupt(error: Error): boolean {
    return this.#asks.rejectAll(error);
  }

  /**
   * These ranks have no process: calls to them fail, their mutexes are free, their slots stay as they are.
   * @param members those who take part, if the graph goes around some
   */
  setLost(lost: readonly number[], members?: readonly number[]): void {
    this.#lost.clear();
    this.#members = members;
    for (const rank of lost) this.loseRank(rank);
  }

  loseRank(rank: number): void {
    this.#lost.add(rank);
    for (const { mutex } of this.#windows.values()) mutex.leave(rank);
    this.#asks.rejectRank(rank, ask => lostError(ask, rank));
  }

  /** The calls that wait, oldest first. */
  pending(): PendingAsk[] {
    return this.#asks.pending();
  }

  async #ask(asking: Asking, to: number, window: Window, request: Request): Promise<Load> {
    const { id, answered } = this.#asks.open(asking, [to]);
    this.#send(to, { ...request, id, window: window.name, creation: window.creation });
    return answered;
  }

  #send(to: number, message: WindowMessage): void {
    if (to === this.#options.rank) this.receive(to, message);
    else this.#options.peers.send(to, message);
  }

  #serve(from: number, request: WindowRequest): void {
    const { id, window: name, creation } = request;
    const refuse = ({ code, detail }: DecentLabError): void =>
      this.#send(from, { kind: 'refusal', id, code, detail });
    const missing = (): DecentLabError => this.#missing(name);
    const window = this.#windows.get(name);
    if (window?.creation !== creation) return refuse(missing());
    const answer = (datas: Arrays): void => this.#send(from, { kind: 'answer', id, datas });
    serve(window, { from, request, answer, refuse, missing });
  }

  #missing(name: string): DecentLabError {
    const { rank, isReplaced = false } = this.#options;
    return new DecentLabError('WINDOW_MISSING', { name, rank, names: this.names, isReplaced });
  }

  /** A window that was freed, and perhaps made again, while a call was under way. */
  #assertAlive(window: Window): void {
    if (this.#windows.get(window.name) !== window) throw this.#missing(window.name);
  }

  #assertThere(rank: number, asking: Asking): void {
    if (!this.#lost.has(rank)) return;
    const members = this.#members;
    if (!members || members.includes(rank)) throw lostError(asking, rank);
    throw new DecentLabError('RANK_ABSENT', { what: this.#saying(asking), rank, members });
  }

  #saying({ op, window }: Asking): string {
    return `${op} "${window}" on rank ${this.#options.rank}`;
  }
}

/** Waits for all, then throws the first error: what was sent is done or has failed, nothing is under way any more. */
async function allOf(parts: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(parts);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

function assertSame(window: Window, { signature }: Flat, what: string): void {
  const expected = window.signature;
  if (signature !== expected)
    throw new DecentLabError('SHAPE_MISMATCH', { what, expected, received: signature });
}

function nobodyWrites(what: string): DecentLabError {
  const expected = 'a rank with in-neighbours, which alone write here';
  return new DecentLabError('VALUE_INVALID', { what, expected, received: 'one without' });
}

function lostError({ op, window }: Asking, rank: number): DecentLabError {
  return new DecentLabError('PEER_LOST', { call: `${op} "${window}"`, rank });
}
