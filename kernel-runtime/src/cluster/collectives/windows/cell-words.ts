/** The words of cells for windows: winCreate(x, name), winPut(x, name) … speak through the communicator of this engine. */
import type { Value } from '../../../mathematics/communicator/communicator.js';
import type {
  WinCreateOptions,
  WinGetOptions,
  WinMutex,
  WinMutexOptions,
  WinPutOptions,
  WinUpdateOptions
} from '../../../mathematics/communicator/windows/one-sided.js';
import { speaker } from '../speaker.js';

/**
 * Makes a window: memory of this rank that its neighbours write into while it computes. All ranks call it. The own value
 * is a copy of `x`; each in-neighbour has a slot of its own here, with a copy of `x` too, or zeros with `zeroInit`.
 *
 * The window shares no memory with anyone: what you do to `x` later, in place, nobody sees (in BlueFog they do). The own
 * value changes by `winPut`, `winAccumulate` (to selfWeight · x) and `winUpdate` (to what it returns), and by nothing else.
 * The topology cannot change while there are windows. They outlive cells, errors and interrupts.
 * @param x a number, vector, matrix, tensor, or records and arrays of them; of the same form on every rank
 * @throws NOT_ON_ENGINE, WINDOW_EXISTS, DISAGREEMENT, VALUE_INVALID, and as barrier
 */
export async function winCreate(x: Value, name: string, options?: WinCreateOptions): Promise<void> {
  return speaker('winCreate').winCreate(x, name, options);
}

/**
 * Frees a window, or all of them; all ranks call it. Frees those of this rank even if another rank cannot take part.
 * @throws NOT_ON_ENGINE, WINDOW_MISSING, and as barrier
 */
export async function winFree(name?: string): Promise<void> {
  return speaker('winFree').winFree(name);
}

/**
 * Writes dstWeight · x over this rank's slot at each out-neighbour; the own value becomes selfWeight · x. Resolves when all
 * of them have it; their cells need not do anything, or even await.
 * @param options `selfWeight` and `dstWeights` default to 1; `requireMutex` waits for the receivers' mutexes
 * @throws NOT_ON_ENGINE, WINDOW_MISSING (of this rank or of a receiver), SHAPE_MISMATCH, VALUE_INVALID, PEER_LOST,
 *   CALL_TIMEOUT, INTERRUPTED; what the call sent to other ranks still arrives
 */
export async function winPut(x: Value, name: string, options?: WinPutOptions): Promise<void> {
  return speaker('winPut').winPut(x, name, options);
}

/**
 * As `winPut`, but adds dstWeight · x to the slots. If selfWeight and the dstWeights sum to 1, the sum of the own values
 * and slots of all ranks is kept, to rounding.
 * @throws as winPut
 */
export async function winAccumulate(
  x: Value,
  name: string,
  options?: WinPutOptions
): Promise<void> {
  return speaker('winAccumulate').winAccumulate(x, name, options);
}

/**
 * Copies srcWeight · (own value of each in-neighbour) into its slot here. The associated p is not fetched.
 * @param options `srcWeights` default to 1; `requireMutex` waits for the sources' mutexes
 * @throws as winPut
 */
export async function winGet(name: string, options?: WinGetOptions): Promise<void> {
  return speaker('winGet').winGet(name, options);
}

/**
 * x = selfWeight · own + Σ_j neighborWeight_j · slot_j, in one instant between two writes of neighbours. Makes it the own
 * value, and returns it.
 * @param options weights default to row i of the topology's W; `reset` zeroes the slots that were read; `clone` leaves the
 *   own value as it is; `requireMutex` waits for this rank's mutex
 * @returns a new value of the structure that the window was created with
 * @throws NOT_ON_ENGINE, WINDOW_MISSING, VALUE_INVALID, CALL_TIMEOUT, INTERRUPTED
 */
export async function winUpdate<T extends Value = Value>(
  name: string,
  options?: WinUpdateOptions
): Promise<T> {
  return speaker('winUpdate').winUpdate<T>(name, options);
}

/**
 * `winUpdate` with all weights 1 and `reset`: takes up what has come since the last time.
 * @param options `requireMutex` defaults to true
 * @throws as winUpdate
 */
export async function winUpdateThenCollect<T extends Value = Value>(
  name: string,
  options?: Pick<WinUpdateOptions, 'requireMutex' | 'timeout'>
): Promise<T> {
  return speaker('winUpdateThenCollect').winUpdateThenCollect<T>(name, options);
}

/** By in-neighbour: how often its slot was written since it was last read. @throws NOT_ON_ENGINE, WINDOW_MISSING */
export async function winVersion(name: string): Promise<Record<number, number>> {
  return speaker('winVersion').winVersion(name);
}

/**
 * Resolves once a slot holds something that was not read yet: the way to wait for whoever writes first.
 * @throws NOT_ON_ENGINE, WINDOW_MISSING, CALL_TIMEOUT, INTERRUPTED
 */
export async function winArrival(name: string, options?: { timeout?: number }): Promise<void> {
  return speaker('winArrival').winArrival(name, options);
}

/** The weight p of the window: 1 at first, then weighted as its value is. @throws NOT_ON_ENGINE, WINDOW_MISSING */
export async function winAssociatedP(name: string): Promise<number> {
  return speaker('winAssociatedP').winAssociatedP(name);
}

/**
 * Holds mutexes of the window while `work` runs, and returns what it returns. A mutex excludes other `winMutex` calls and
 * the calls of other ranks with `requireMutex`, nothing else. First come, first served; lower ranks first, so that two
 * calls never wait for each other. Without `work`, holds them until `release()` (or the end of an `await using` block);
 * at the end of the cell, or with the process, they are free in any case.
 * @param options `ranks`, whose mutexes: defaults to the out-neighbours; `forSelf`: this rank's own
 * @throws NOT_ON_ENGINE, WINDOW_MISSING, VALUE_INVALID, PEER_LOST, CALL_TIMEOUT, INTERRUPTED
 */
export async function winMutex(name: string, options?: WinMutexOptions): Promise<WinMutex>;
export async function winMutex<R>(
  name: string,
  options: WinMutexOptions,
  work: () => R | Promise<R>
): Promise<R>;
export async function winMutex<R>(
  name: string,
  options: WinMutexOptions = {},
  work?: () => R | Promise<R>
): Promise<R | WinMutex> {
  const here = speaker('winMutex');
  return work ? here.winMutex(name, options, work) : here.winMutex(name, options);
}

/** The names of the windows of this rank, sorted. @throws NOT_ON_ENGINE in a client cell */
export function getCurrentCreatedWindowNames(): string[] {
  return speaker('getCurrentCreatedWindowNames').getCurrentCreatedWindowNames();
}

/**
 * From now on the weight p of each window goes with put, accumulate and update: x / p is then unbiased, whatever the
 * weights. Call it on every rank; create the window with `zeroInit`, as the slots begin with p = 0.
 * @throws NOT_ON_ENGINE in a client cell
 */
export function turnOnWinOpsWithAssociatedP(): void {
  speaker('turnOnWinOpsWithAssociatedP').turnOnWinOpsWithAssociatedP();
}

/** p stays as it is from now on. @throws NOT_ON_ENGINE in a client cell */
export function turnOffWinOpsWithAssociatedP(): void {
  speaker('turnOffWinOpsWithAssociatedP').turnOffWinOpsWithAssociatedP();
}
