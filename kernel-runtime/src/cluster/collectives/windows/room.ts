/** The windows of an engine as its cells see them: every call is a program beside the sockets. */
import type { CallOptions } from '../../../mathematics/communicator/communicator.js';
import type { Neighbourhood } from '../../../mathematics/communicator/weights.js';
import type {
  WinCreateOptions,
  WinGetOptions,
  WinMutexOptions,
  WinPutOptions
} from '../../../mathematics/communicator/windows/one-sided.js';
import type {
  Flat,
  UpdateOptions,
  WindowRoom,
  Writing
} from '../../../mathematics/communicator/windows/room.js';
import type { Arrays } from '../../../mathematics/communicator/windows/window.js';
import type { Caller } from '../caller.js';
import type { ProgramName, SpecOf } from '../programs/registry.js';
import type { Whereabouts } from '../whereabouts.js';

/** Where a window is made. */
export interface Place {
  readonly near: Neighbourhood;
  /** The topology in words. */
  readonly topology: string;
}

export interface EngineRoomOptions {
  readonly whereabouts: Whereabouts;
  /** Where a window is made now. */
  place(): Place;
}

const NOTHING: Flat = { signature: '', datas: [] };

export class EngineRoom implements WindowRoom {
  readonly #caller: Caller;
  readonly #options: EngineRoomOptions;

  constructor(caller: Caller, options: EngineRoomOptions) {
    this.#caller = caller;
    this.#options = options;
  }

  async create(name: string, value: Flat, options: WinCreateOptions): Promise<void> {
    const { timeout } = options;
    const spec = { name, options, ...this.#options.place() };
    await this.#run('winCreate', spec, value, { timeout });
  }

  async free(name: string | undefined): Promise<void> {
    await this.#run('winFree', name === undefined ? {} : { name });
  }

  async drop(name: string | undefined): Promise<void> {
    await this.#run('winDrop', name === undefined ? {} : { name });
  }

  async write(
    writing: Writing,
    name: string,
    { value, options }: { value: Flat; options: WinPutOptions }
  ): Promise<void> {
    await this.#run('winWrite', { writing, name, options }, value);
  }

  async get(name: string, options: WinGetOptions): Promise<void> {
    await this.#run('winGet', { name, options });
  }

  update(name: string, options: UpdateOptions): Promise<Arrays> {
    return this.#run('winUpdate', { name, options });
  }

  async lock(name: string, options: WinMutexOptions): Promise<number> {
    const [[hold]] = await this.#run('winLock', { name, options });
    return hold;
  }

  async release(hold: number): Promise<void> {
    await this.#run('winRelease', { hold });
  }

  async version(name: string): Promise<Record<number, number>> {
    const [ranks, versions] = await this.#run('winVersion', { name });
    return Object.fromEntries(Array.from(ranks, (rank, k) => [rank, versions[k]]));
  }

  async associatedP(name: string): Promise<number> {
    const [[p]] = await this.#run('winAssociatedP', { name });
    return p;
  }

  async arrival(name: string, options: { timeout?: number }): Promise<void> {
    await this.#run('winArrival', { name, options });
  }

  async countP(isCounting: boolean): Promise<void> {
    await this.#run('winCountP', { isCounting });
  }

  #run<Name extends ProgramName>(
    program: Name,
    spec: SpecOf<Name>,
    value = NOTHING,
    options: Pick<CallOptions, 'timeout'> = {}
  ): Promise<Arrays> {
    const name = 'name' in spec ? spec.name : undefined;
    return this.#options.whereabouts.follow(name, settle =>
      this.#caller.flat(program, value, { spec, options }, settle)
    );
  }
}
