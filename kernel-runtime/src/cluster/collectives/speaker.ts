/** The communicator that the words of cells speak through. */
import { DecentLabError } from '../../errors.js';
import type { EngineCommunicator } from './engine-communicator.js';

let current: EngineCommunicator | undefined;

/** Makes the words of cells speak through `communicator`: called once by the engine. */
export function setContext(communicator: EngineCommunicator | undefined): void {
  current = communicator;
}

/** The communicator of this engine, for the word of this name. @throws NOT_ON_ENGINE in a client cell */
export function speaker(name: string): EngineCommunicator {
  if (!current) throw new DecentLabError('NOT_ON_ENGINE', { name });
  return current;
}
