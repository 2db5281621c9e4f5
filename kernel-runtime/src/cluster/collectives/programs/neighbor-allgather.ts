/** The values of the in-neighbours, one behind the other. */
import { concatenate } from '../../../mathematics/communicator/gather.js';
import type { Specs } from '../../../mathematics/communicator/specs.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { Call } from '../call.js';
import { inRoom } from '../call-room.js';
import type { Exchange, Program } from '../program.js';
import { landAnywhere } from '../stream.js';
import { afterAgreement, signatureIn } from './agreement.js';

const OP = 'neighborAllgather';

/** Sends the own arrays to the destinations, and puts those of the sources behind each other, in the order of the plan. */
export const neighborAllgather: Program<Specs['neighborAllgather']> = (exchange, spec) =>
  afterAgreement(exchange, { op: OP, spec }, () => {
    const { caller, options } = exchange;
    const call = caller.neighbourCall({ op: OP, signature: signatureIn(exchange, spec), options });
    return { arriving: gather(exchange, spec, call) };
  });

function gather(
  exchange: Exchange,
  { plan: { sources, destinations } }: Specs['neighborAllgather'],
  call: Call
): Promise<readonly LeafData[]> {
  const { caller, arrays } = exchange;
  const { mesh } = caller;
  return inRoom(exchange, async room => {
    const to = destinations.map(([rank]) => rank);
    const sent = mesh.post(to, call, arrays);
    const surroundings = { mesh, call, room };
    const received = await Promise.all(sources.map(([from]) => landAnywhere(surroundings, from)));
    await sent;
    return concatenate(received, arrays, room.result);
  });
}
