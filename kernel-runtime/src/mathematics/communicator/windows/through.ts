/** A communicator whose one-sided words are those of another object. */
import type { CallOptions, Value } from '../communicator.js';
import { assertOptions } from '../known-options.js';
import type {
  OneSided,
  WinCreateOptions,
  WinGetOptions,
  WinMutex,
  WinMutexOptions,
  WinPutOptions,
  WinUpdateOptions
} from './one-sided.js';

export abstract class ThroughOneSided implements OneSided {
  protected abstract readonly oneSided: OneSided;

  /** Begins a call: at once, unless a communicator has reasons to wait or to refuse. @param _options `name` is the window's */
  protected begin<R>(_op: string, _options: CallOptions, start: () => Promise<R>): Promise<R> {
    return start();
  }

  async winCreate(x: Value, name: string, options?: WinCreateOptions): Promise<void> {
    assertOptions('winCreate', options);
    return this.begin('winCreate', { ...options, name }, () =>
      this.oneSided.winCreate(x, name, options)
    );
  }

  async winFree(name?: string): Promise<void> {
    return this.begin('winFree', { name }, () => this.oneSided.winFree(name));
  }

  getCurrentCreatedWindowNames(): string[] {
    return this.oneSided.getCurrentCreatedWindowNames();
  }

  async winPut(x: Value, name: string, options?: WinPutOptions): Promise<void> {
    assertOptions('winPut', options);
    return this.begin('winPut', { ...options, name }, () => this.oneSided.winPut(x, name, options));
  }

  async winAccumulate(x: Value, name: string, options?: WinPutOptions): Promise<void> {
    assertOptions('winAccumulate', options);
    return this.begin('winAccumulate', { ...options, name }, () =>
      this.oneSided.winAccumulate(x, name, options)
    );
  }

  async winGet(name: string, options?: WinGetOptions): Promise<void> {
    assertOptions('winGet', options);
    return this.begin('winGet', { ...options, name }, () => this.oneSided.winGet(name, options));
  }

  async winUpdate<T extends Value = Value>(name: string, options?: WinUpdateOptions): Promise<T> {
    assertOptions('winUpdate', options);
    return this.begin('winUpdate', { ...options, name }, () =>
      this.oneSided.winUpdate<T>(name, options)
    );
  }

  async winUpdateThenCollect<T extends Value = Value>(
    name: string,
    options?: Pick<WinUpdateOptions, 'requireMutex' | 'timeout'>
  ): Promise<T> {
    assertOptions('winUpdateThenCollect', options);
    return this.begin('winUpdateThenCollect', { ...options, name }, () =>
      this.oneSided.winUpdateThenCollect<T>(name, options)
    );
  }

  /** Mutexes that are held are given back also while the rank is suspended. */
  winMutex(name: string, options?: WinMutexOptions): Promise<WinMutex>;
  winMutex<R>(name: string, options: WinMutexOptions, work: () => R | Promise<R>): Promise<R>;
  async winMutex<R>(
    name: string,
    options: WinMutexOptions = {},
    work?: () => R | Promise<R>
  ): Promise<R | WinMutex> {
    const { oneSided } = this;
    assertOptions('winMutex', options);
    return this.begin<R | WinMutex>('winMutex', { ...options, name }, () =>
      work ? oneSided.winMutex(name, options, work) : oneSided.winMutex(name, options)
    );
  }

  async winVersion(name: string): Promise<Record<number, number>> {
    return this.begin('winVersion', { name }, () => this.oneSided.winVersion(name));
  }

  async winArrival(name: string, options?: { timeout?: number }): Promise<void> {
    assertOptions('winArrival', options);
    return this.begin('winArrival', { ...options, name }, () =>
      this.oneSided.winArrival(name, options)
    );
  }

  async winAssociatedP(name: string): Promise<number> {
    return this.begin('winAssociatedP', { name }, () => this.oneSided.winAssociatedP(name));
  }

  turnOnWinOpsWithAssociatedP(): void {
    this.#switch('turnOnWinOpsWithAssociatedP');
  }

  turnOffWinOpsWithAssociatedP(): void {
    this.#switch('turnOffWinOpsWithAssociatedP');
  }

  /** In its place among the other calls. */
  #switch(word: 'turnOnWinOpsWithAssociatedP' | 'turnOffWinOpsWithAssociatedP'): void {
    const switched = this.begin(word, {}, () => Promise.resolve(this.oneSided[word]()));
    // An interrupt of a suspended rank drops it with the calls that it was meant for.
    switched.catch(() => undefined);
  }
}
