/** Whether engines fit into the memory that is free: each is a process, and one too many takes the others with it. */
import { DecentLabError } from '../../errors.js';
import { freeMemory } from '../../memory.js';

/** What an idle engine takes for itself: 55 to 60 MB of its own, measured as Pss on Linux. Its data come on top. */
const ENGINE_BYTES = 60e6;

/**
 * @param replaced engines that end before these start
 * @throws MEMORY_SHORT with what is needed, what is free, and how many fit
 */
export function assertRoom(engines: number, replaced: number, free: number = freeMemory()): void {
  const room = free + replaced * ENGINE_BYTES;
  const fitting = Math.floor(room / ENGINE_BYTES);
  if (engines <= fitting) return;
  const need = engines * ENGINE_BYTES;
  throw new DecentLabError('MEMORY_SHORT', { engines, need, free: room, fitting });
}
