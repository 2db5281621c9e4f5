/** What `Cluster.start({ link })` takes: how the links between engines travel, and what they shall cost. */
import { DecentLabError } from '../../errors.js';
import { assertShape, type LinkShape } from '../../mathematics/graph/link.js';
import { TRANSPORTS, type ClusterSettings, type Transport } from '../protocol/settings.js';

export interface LinkSettings extends LinkShape {
  /**
   * What carries the websockets between engines: `unix`, sockets of the machine (named pipes on Windows), or `tcp`, ports
   * of its loopback address. Defaults to `unix`, which is faster.
   */
  transport?: Transport;
}

/** What processes are told of the settings. @throws VALUE_INVALID */
export function linkConfig(
  engines: number,
  { transport = 'unix', ...shape }: LinkSettings
): Pick<ClusterSettings, 'transport' | 'link'> {
  assertTransport(transport);
  assertShape(engines, shape, ['transport']);
  const isShaped = Object.values(shape).some(value => value !== undefined);
  return {
    ...(transport === 'unix' ? {} : { transport }),
    ...(isShaped ? { link: finite(shape) } : {})
  };
}

/** JSON has no word for Infinity, which is the default. */
function finite({ bandwidth, ...others }: LinkShape): LinkShape {
  return bandwidth === Infinity || bandwidth === undefined ? others : { bandwidth, ...others };
}

function assertTransport(received: unknown): asserts received is Transport {
  if ((TRANSPORTS as readonly unknown[]).includes(received)) return;
  const expected = TRANSPORTS.map(name => `"${name}"`).join(' or ');
  throw new DecentLabError('VALUE_INVALID', { what: 'link, transport', expected, received });
}
