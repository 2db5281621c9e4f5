/** How the nodes combine what each has: BlueFog's kinds of communication. */
import type { Communicator } from '../../communicator/communicator.js';
import type { Vector } from '../../math/matrix.js';
import { DecentLabError } from '../../../errors.js';
import { copyOf } from '../local-steps.js';

export const COMMUNICATIONS = [
  'neighborAllreduce',
  'hierarchicalNeighborAllreduce',
  'allreduce',
  'empty'
] as const;

/** With the neighbours; between machines, each averaged inside; with all; not at all. */
export type Communication = (typeof COMMUNICATIONS)[number];

export interface CommunicationOptions {
  /** Defaults to `'neighborAllreduce'`. */
  communication?: Communication;
}

/** The average of x by this kind of communication, in new memory. In local steps x itself, also of the average of all. */
export async function combine(
  communicator: Communicator,
  x: Vector,
  communication: Communication
): Promise<Vector> {
  if (communication === 'empty' || communicator.isLocal) return copyOf(x);
  return communicator[communication](x);
}

/** @throws VALUE_INVALID for a name that is none */
export function checkedCommunication(method: string, name: Communication): Communication {
  if (COMMUNICATIONS.includes(name)) return name;
  throw new DecentLabError('VALUE_INVALID', {
    what: `${method}, communication`,
    expected: `one of ${COMMUNICATIONS.join(', ')}`,
    received: name
  });
}
