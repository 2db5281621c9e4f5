/** The windows of all simulated ranks: the same memory and rules as on engines, with messages on the simulated clock. */
import { WindowHost } from '../communicator/windows/host.js';
import type { WindowMessage } from '../communicator/windows/messages.js';
import type {
  WinCreateOptions,
  WinGetOptions,
  WinMutexOptions,
  WinPutOptions
} from '../communicator/windows/one-sided.js';
import type { Flat, UpdateOptions, WindowRoom, Writing } from '../communicator/windows/room.js';
import type { Arrays } from '../communicator/windows/window.js';
import type { Neighbourhood } from '../communicator/weights.js';
import { Agenda } from './agenda.js';
import type { Call } from './calls.js';
import type { Network } from './network.js';
import { barrierEnds } from './patterns.js';
import { PendingOneSided } from './pending.js';

/** All ranks' windows, and what is under way between them. */
export class WindowNetwork {
  readonly agenda: Agenda;
  readonly hosts: readonly WindowHost[];
  readonly #network: Network;

  /** @param seed draws the order of what happens at the same simulated time */
  constructor(network: Network, seed: number) {
    this.#network = network;
    this.agenda = new Agenda(seed);
    this.hosts = Array.from({ length: network.size }, (_, rank) => {
      const send = (to: number, message: WindowMessage): void => this.#send(rank, to, message);
      return new WindowHost({ rank, peers: { send } });
    });
  }

  /** The message takes its time on the link; its receiver does nothing for it. */
  #send(from: number, to: number, message: WindowMessage): void {
    const { clock } = this.#network;
    const datas = 'datas' in message ? message.datas : [];
    const bytes = datas.length === 0 ? 0 : this.#network.bytesOf(datas);
    const passages = clock.send(from, [to], { bytes, at: this.agenda.now });
    this.agenda.add(`${from} to ${to}`, clock.receive(to, passages, 0), () => {
      this.#network.proceed();
      this.hosts[to].receive(from, message);
    });
  }
}

/** The windows of one simulated rank, as its program sees them: every call happens at the rank's simulated time. */
export class SimulatedRoom implements WindowRoom {
  readonly #rank: number;
  readonly #network: Network;
  readonly #near: () => Neighbourhood;

  constructor(rank: number, network: Network, near: () => Neighbourhood) {
    this.#rank = rank;
    this.#network = network;
    this.#near = near;
  }

  async create(name: string, { signature, datas }: Flat, options: WinCreateOptions): Promise<void> {
    const { zeroInit = false, timeout } = options;
    this.#host.assertFree(name);
    const call = this.#call(`winCreate "${name}"`, { signature, timeout });
    const creation = String(call.era);
    this.#host.create({ name, creation, signature, datas, near: this.#near(), zeroInit });
    try {
      await this.#meet(call);
    } catch (error) {
      this.#host.free(name);
      throw error;
    }
  }

  async free(name: string | undefined): Promise<void> {
    if (name !== undefined) this.#host.window(name);
    const call = this.#call(`winFree${name === undefined ? ' of all' : ` "${name}"`}`);
    await this.#meet(call);
  }

  drop(name: string | undefined): Promise<void> {
    this.#host.free(name);
    return Promise.resolve();
  }

  write(
    writing: Writing,
    name: string,
    write: { value: Flat; options: WinPutOptions }
  ): Promise<void> {
    const op = writing === 'put' ? 'winPut' : 'winAccumulate';
    return this.#at(op, host => host.write(writing, name, write));
  }

  get(name: string, options: WinGetOptions): Promise<void> {
    return this.#at('winGet', host => host.get(name, options));
  }

  async update(name: string, options: UpdateOptions): Promise<Arrays> {
    const datas = await this.#at('winUpdate', host => host.update(name, options));
    return datas.map(data => data.slice());
  }

  lock(name: string, options: WinMutexOptions): Promise<number> {
    return this.#at('winMutex', host => host.lock(name, options));
  }

  release(hold: number): Promise<void> {
    return this.#at('winMutex', host => host.release(hold));
  }

  version(name: string): Promise<Record<number, number>> {
    return this.#at('winVersion', host => host.version(name));
  }

  associatedP(name: string): Promise<number> {
    return this.#at('winAssociatedP', host => host.associatedP(name));
  }

  arrival(name: string, options: { timeout?: number }): Promise<void> {
    return this.#at('winArrival', host => host.arrival(name, options));
  }

  countP(isCounting: boolean): Promise<void> {
    return this.#at('turnOnWinOpsWithAssociatedP', host => host.countP(isCounting));
  }

  get #host(): WindowHost {
    return this.#network.windows.hosts[this.#rank];
  }

  /** Lets `work` happen at this rank's time, and the rank go on when it is done. */
  async #at<R>(op: string, work: (host: WindowHost) => R | Promise<R>): Promise<R> {
    const { agenda } = this.#network.windows;
    const call = this.#call(op);
    const pending = new PendingOneSided(call, () => this.#host.pending().flatMap(({ on }) => on));
    this.#network.wait(pending);
    let result!: R;
    const happen = async (): Promise<void> => {
      this.#network.proceed();
      result = await work(this.#host);
      pending.settle({ datas: [], at: agenda.now });
    };
    agenda.add(
      `${this.#rank}`,
      call.at!,
      () => void happen().catch((error: unknown) => pending.reject(error as Error))
    );
    const { at } = await pending.ended;
    this.#network.clock.leave(this.#rank, at);
    return result;
  }

  async #meet(call: Call): Promise<void> {
    const { ended } = this.#network.meet(call, {
      datas: [],
      reduce: () => () => [],
      ends: barrierEnds
    });
    this.#network.clock.leave(this.#rank, (await ended).at);
  }

  #call(op: string, { signature = '', timeout }: Partial<Call> = {}): Call {
    const call: Call = { rank: this.#rank, op, signature, timeout };
    this.#network.begin(call);
    return call;
  }
}
