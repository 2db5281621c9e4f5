/** What carries the connections of tensor links: the sockets of the system, or those of a slower network. */
import type { OnReadOpts, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { connectPlain, type Place } from './websocket.js';

export interface Wire {
  /** Bytes of large payloads that lie with a connection, so that it never runs dry. */
  readonly ahead: number;
  /** Opens a connection to where a rank listens. @param reading gets what comes, in place of the stream's reader */
  dial(peer: number, place: Place, reading?: OnReadOpts): Duplex;
  /** What is spoken over the connection of a peer. Defaults to all that is said there. */
  accept?(socket: Socket): Duplex;
}

/** The least: a chunk that leaves, and one that follows without a pause. */
export const AHEAD_BYTES = 2 << 20;

/** The sockets of the system. */
export const plainWire: Wire = {
  ahead: AHEAD_BYTES,
  dial: (_, place, reading) => connectPlain(place, reading)
};
