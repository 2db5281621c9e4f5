/** The windows of one rank as its program asks for them: plain data in and out, so that they may live in another thread. */
import type { Description } from '../values.js';
import type {
  WinCreateOptions,
  WinGetOptions,
  WinMutexOptions,
  WinPutOptions,
  WinUpdateOptions
} from './one-sided.js';
import type { Arrays } from './window.js';

/** A value taken apart. */
export interface Flat {
  readonly signature: string;
  readonly datas: Arrays;
}

/** The flat form of a value. */
export function flat({ signature, leaves }: Pick<Description, 'signature' | 'leaves'>): Flat {
  return { signature, datas: leaves.map(leaf => leaf.data) };
}

/** The update of the window's words, or the collection of all that has come: weights 1, and zeros behind it. */
export interface UpdateOptions extends WinUpdateOptions {
  readonly collect?: boolean;
}

/** What happens to the slots. */
export type Writing = 'put' | 'accumulate';

/**
 * Operations begin in the order in which they are asked for. Arrays that are returned belong to the caller; arrays that
 * are given are read until the promise has resolved.
 */
export interface WindowRoom {
  create(name: string, value: Flat, options: WinCreateOptions): Promise<void>;
  /** Meets the other ranks, after which nobody writes any more. */
  free(name: string | undefined): Promise<void>;
  /** Lets go of the memory, whether or not the others could be met. */
  drop(name: string | undefined): Promise<void>;
  write(
    writing: Writing,
    name: string,
    write: { value: Flat; options: WinPutOptions }
  ): Promise<void>;
  get(name: string, options: WinGetOptions): Promise<void>;
  update(name: string, options: UpdateOptions): Promise<Arrays>;
  /** The number of the hold, for `release`. */
  lock(name: string, options: WinMutexOptions): Promise<number>;
  release(hold: number): Promise<void>;
  version(name: string): Promise<Record<number, number>>;
  associatedP(name: string): Promise<number>;
  arrival(name: string, options: { timeout?: number }): Promise<void>;
  countP(isCounting: boolean): Promise<void>;
}
