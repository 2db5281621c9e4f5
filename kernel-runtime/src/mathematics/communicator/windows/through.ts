/** A communicator whose one-sided words are those of another object. */
import type { Value } from '../communicator.js';
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

  winCreate(x: Value, name: string, options?: WinCreateOptions): Promise<void> {
    return this.oneSided.winCreate(x, name, options);
  }

  winFree(name?: string): Promise<void> {
    return this.oneSided.winFree(name);
  }

  getCurrentCreatedWindowNames(): string[] {
    return this.oneSided.getCurrentCreatedWindowNames();
  }

  winPut(x: Value, name: string, options?: WinPutOptions): Promise<void> {
    return this.oneSided.winPut(x, name, options);
  }

  winAccumulate(x: Value, name: string, options?: WinPutOptions): Promise<void> {
    return this.oneSided.winAccumulate(x, name, options);
  }

  winGet(name: string, options?: WinGetOptions): Promise<void> {
    return this.oneSided.winGet(name, options);
  }

  winUpdate<T extends Value = Value>(name: string, options?: WinUpdateOptions): Promise<T> {
    return this.oneSided.winUpdate<T>(name, options);
  }

  winUpdateThenCollect<T extends Value = Value>(
    name: string,
    options?: Pick<WinUpdateOptions, 'requireMutex' | 'timeout'>
  ): Promise<T> {
    return this.oneSided.winUpdateThenCollect<T>(name, options);
  }

  winMutex(name: string, options?: WinMutexOptions): Promise<WinMutex>;
  winMutex<R>(name: string, options: WinMutexOptions, work: () => R | Promise<R>): Promise<R>;
  winMutex<R>(
    name: string,
    options: WinMutexOptions = {},
    work?: () => R | Promise<R>
  ): Promise<R | WinMutex> {
    return work
      ? this.oneSided.winMutex(name, options, work)
      : this.oneSided.winMutex(name, options);
  }

  winVersion(name: string): Promise<Record<number, number>> {
    return this.oneSided.winVersion(name);
  }

  winArrival(name: string, options?: { timeout?: number }): Promise<void> {
    return this.oneSided.winArrival(name, options);
  }

  winAssociatedP(name: string): Promise<number> {
    return this.oneSided.winAssociatedP(name);
  }

  turnOnWinOpsWithAssociatedP(): void {
    this.oneSided.turnOnWinOpsWithAssociatedP();
  }

  turnOffWinOpsWithAssociatedP(): void {
    this.oneSided.turnOffWinOpsWithAssociatedP();
  }
}
