/** What runs beside the sockets of an engine, in its I/O thread: the mesh of links, and the calls of the cell on them. */
import type { MessagePort } from 'node:worker_threads';

import { Entrance, type CallGiven } from './entrance.js';
import { LinkMemory, type Place } from './link-memory.js';
import { Mesh } from './mesh.js';
import { serve } from './remote.js';
import type { CommunicatorEvent, LinkOptions, PendingCall } from './types.js';

/** What the thread is given: all of it can be cloned, or moved. */
export interface LinkServiceOptions extends LinkOptions {
  /** To the thread of the cells. */
  readonly port: MessagePort;
  readonly memory: WebAssembly.Memory;
}

/** One call of a cell, as it crosses between the threads. */
export interface PlacedCall extends CallGiven {
  /** The arrays of its value, in link memory. */
  readonly places: readonly Place[];
}

/** The methods that the thread of the cells calls. */
export type LinkService = ReturnType<typeof createService>;

/** Serves the thread at the other end of the port until it closes. */
export function serveLinks({ port, memory, ...options }: LinkServiceOptions): void {
  const report = (event: CommunicatorEvent): void => send(event);
  const service = createService(new Mesh({ ...options, report }), new LinkMemory(memory), options);
  const send = serve<CommunicatorEvent>(port, service);
}

function createService(mesh: Mesh, memory: LinkMemory, options: LinkOptions) {
  const entrance = new Entrance(mesh, options);
  const { windows } = entrance;
  const pending = (): PendingCall[] =>
    [...mesh.pending(), ...windows.pending()].sort((a, b) => a.since - b.since);
  return {
    listen: () => mesh.listen(),
    /** The arrays of a call's result, in memory of their own. */
    run: ({ places, ...given }: PlacedCall) => {
      const arrays = places.map(place => memory.view(place));
      return entrance.run({ ...given, arrays });
    },
    openEpoch: mesh.openEpoch.bind(mesh),
    peerLost: mesh.peerLost.bind(mesh),
    peerFailed: mesh.peerFailed.bind(mesh),
    beginCell: () => mesh.beginCell(),
    endCell: () => {
      mesh.endCell();
      windows.host.endCell();
      return pending();
    },
    /** The calls that wait for other ranks, oldest first. */
    pending,
    sent: () => mesh.sent(),
    counters: () => mesh.counters.list(),
    close: () => mesh.close()
  };
}
