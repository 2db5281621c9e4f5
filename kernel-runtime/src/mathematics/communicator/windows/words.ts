/** The words of one-sided communication over the windows of one rank: takes values apart and puts them together. */
import { DecentLabError } from '../../../errors.js';
import type { Value } from '../communicator.js';
import { assertName } from '../known-options.js';
import { describe, type Description } from '../values.js';
import type {
  OneSided,
  WinCreateOptions,
  WinGetOptions,
  WinMutex,
  WinMutexOptions,
  WinPutOptions,
  WinUpdateOptions
} from './one-sided.js';
import { flat, type UpdateOptions, type WindowRoom, type Writing } from './room.js';

type Rebuild = Description['rebuild'];

/** An operation that has begun. In a record, because a promise of a promise would wait for the result. */
interface Begun<R> {
  readonly done: Promise<R>;
}

export class WindowWords implements OneSided {
  readonly #room: WindowRoom;
  /** By window: how its value is put together. */
  readonly #windows = new Map<string, Rebuild>();
  /** Operations begin in the order in which they were called, however long a value takes to read. */
  #entrance: Promise<unknown> = Promise.resolve();

  constructor(room: WindowRoom) {
    this.#room = room;
  }

  async winCreate(x: Value, name: string, options: WinCreateOptions = {}): Promise<void> {
    assertName('winCreate, the name of the window', name);
    let made: Rebuild | undefined;
    try {
      await this.#describing(x, ({ rebuild, ...described }) => {
        if (!this.#windows.has(name)) this.#windows.set(name, (made = rebuild));
        return this.#room.create(name, flat(described), options);
      });
    } catch (error) {
      if (made && this.#windows.get(name) === made) this.#windows.delete(name);
      throw error;
    }
  }

  async winFree(name?: string): Promise<void> {
    try {
      await this.#begin(() => this.#room.free(name));
    } finally {
      if (name === undefined) this.#windows.clear();
      else this.#windows.delete(name);
      await this.#begin(() => this.#room.drop(name));
    }
  }

  getCurrentCreatedWindowNames(): string[] {
    return [...this.#windows.keys()].sort();
  }

  /** @throws TOPOLOGY_FROZEN while there are windows, whose slots are those of its neighbours */
  assertTopologyFree(rank: number): void {
    const names = this.getCurrentCreatedWindowNames();
    if (names.length > 0) throw new DecentLabError('TOPOLOGY_FROZEN', { rank, names });
  }

  winPut(x: Value, name: string, options?: WinPutOptions): Promise<void> {
    return this.#write('put', x, name, options);
  }

  winAccumulate(x: Value, name: string, options?: WinPutOptions): Promise<void> {
    return this.#write('accumulate', x, name, options);
  }

  winGet(name: string, options: WinGetOptions = {}): Promise<void> {
    return this.#begin(() => this.#room.get(name, options));
  }

  winUpdate<T extends Value = Value>(name: string, options: WinUpdateOptions = {}): Promise<T> {
    return this.#update<T>(name, options);
  }

  winUpdateThenCollect<T extends Value = Value>(
    name: string,
    { requireMutex = true, timeout }: Pick<WinUpdateOptions, 'requireMutex' | 'timeout'> = {}
  ): Promise<T> {
    return this.#update<T>(name, { collect: true, requireMutex, ...limit(timeout) });
  }

  winMutex(name: string, options?: WinMutexOptions): Promise<WinMutex>;
  winMutex<R>(name: string, options: WinMutexOptions, work: () => R | Promise<R>): Promise<R>;
  async winMutex<R>(
    name: string,
    options: WinMutexOptions = {},
    work?: () => R | Promise<R>
  ): Promise<R | WinMutex> {
    const hold = await this.#begin(() => this.#room.lock(name, options));
    const release = (): Promise<void> => this.#begin(() => this.#room.release(hold));
    if (!work) return { release, [Symbol.asyncDispose]: release };
    try {
      return await work();
    } finally {
      await release();
    }
  }

  winVersion(name: string): Promise<Record<number, number>> {
    return this.#begin(() => this.#room.version(name));
  }

  winArrival(name: string, options: { timeout?: number } = {}): Promise<void> {
    return this.#begin(() => this.#room.arrival(name, options));
  }

  winAssociatedP(name: string): Promise<number> {
    return this.#begin(() => this.#room.associatedP(name));
  }

  turnOnWinOpsWithAssociatedP(): void {
    void this.#begin(() => this.#room.countP(true));
  }

  turnOffWinOpsWithAssociatedP(): void {
    void this.#begin(() => this.#room.countP(false));
  }

  async #update<T extends Value>(name: string, options: UpdateOptions): Promise<T> {
    const datas = await this.#begin(() => this.#room.update(name, options));
    return (await this.#windows.get(name)!(datas)) as T;
  }

  #write(writing: Writing, x: Value, name: string, options: WinPutOptions = {}): Promise<void> {
    return this.#describing(x, described =>
      this.#room.write(writing, name, { value: flat(described), options })
    );
  }

  #describing<R>(x: Value, begin: (described: Description) => Promise<R>): Promise<R> {
    return this.#enter(async () => {
      const described = await describe(x);
      return { done: begin(described) };
    });
  }

  #begin<R>(begin: () => Promise<R>): Promise<R> {
    return this.#enter(() => ({ done: begin() }));
  }

  async #enter<R>(begin: () => Begun<R> | Promise<Begun<R>>): Promise<R> {
    const begun = this.#entrance.then(begin);
    this.#entrance = begun.catch(() => undefined);
    return (await begun).done;
  }
}

function limit(timeout: number | undefined): { timeout?: number } {
  return timeout === undefined ? {} : { timeout };
}
