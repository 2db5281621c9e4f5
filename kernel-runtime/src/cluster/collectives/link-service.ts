/** What runs beside the sockets of an engine, in its I/O thread: the mesh of links, and the calls of the cell on them. */
import type { MessagePort } from 'node:worker_threads';

import type { LeafData } from '../../mathematics/communicator/values.js';
import { spans } from '../net/spans.js';
import type { RankPlace } from '../net/websocket.js';
import { Entrance, type CallGiven } from './entrance.js';
import { LinkMemory, type Place } from './link-memory.js';
import { RecordedMesh } from './recorded-mesh.js';
import { serve } from './remote.js';
import { ShapedMesh } from './shaped-mesh.js';
import type { LinkEvent, LinkOptions, PendingCall } from './types.js';

/** What the thread is given: all of it can be cloned, or moved. */
export interface LinkServiceOptions extends LinkOptions {
  /** To the thread of the cells. */
  readonly port: MessagePort;
  readonly memory: WebAssembly.Memory;
}

/** One call of a cell, as it crosses between the threads. */
export interface PlacedCall extends CallGiven {
  /** The number of the call on this rank. */
  readonly call: number;
  /** The arrays of its value, in link memory. */
  readonly places: readonly Place[];
  /** Where its result goes, as far as that is link memory too. */
  readonly outs?: readonly (Place | undefined)[] | undefined;
}

/** How a call has ended. */
export interface PlacedResult {
  /** The arrays of the result; undefined where they lie where the caller wants them. */
  readonly arrays: readonly (LeafData | undefined)[];
  /** Whether the memory of the call is still in use: `released` is told then. */
  readonly isHeld: boolean;
}

interface ServiceOptions extends LinkOptions {
  report(event: LinkEvent): void;
}

/** The methods that the thread of the cells calls. */
export type LinkService = ReturnType<typeof createService>;

/** Serves the thread at the other end of the port until it closes. */
export function serveLinks({ port, memory, ...options }: LinkServiceOptions): void {
  const report = (event: LinkEvent): void => send(event);
  const service = createService(new LinkMemory(memory), { ...options, report });
  const send = serve<LinkEvent>(port, service);
}

function createService(memory: LinkMemory, options: ServiceOptions) {
  const { shape } = options;
  const mesh = shape ? new ShapedMesh({ ...options, shape }) : new RecordedMesh(options);
  const entrance = new Entrance(mesh, options);
  const { windows } = entrance;
  const pending = (): PendingCall[] =>
    [...mesh.pending(), ...windows.pending()].sort((a, b) => a.since - b.since);
  return {
    listen: () => mesh.listen(),
    learnPlaces: (places: readonly RankPlace[]) => mesh.addresses.learn(places),
    run: (call: PlacedCall) => runPlaced(call, { entrance, memory, report: options.report }),
    openEpoch: mesh.openEpoch.bind(mesh),
    peerLost: mesh.peerLost.bind(mesh),
    peerFailed: mesh.peerFailed.bind(mesh),
    beginCell: () => mesh.beginCell(),
    endCell: (isStopped: boolean) => {
      mesh.endCell(isStopped);
      windows.host.endCell();
      return pending();
    },
    /** The calls that wait for other ranks, oldest first. */
    pending,
    sent: () => mesh.sent(),
    counters: () => mesh.counters.list(),
    /** Of this thread, for timelines. */
    record: (isOn: boolean) => spans.record(isOn),
    takeSpans: () => spans.take(),
    close: () => mesh.close()
  };
}

interface Rooms {
  readonly entrance: Entrance;
  readonly memory: LinkMemory;
  report(event: LinkEvent): void;
}

/** Runs a call on the arrays at its places. After an error, and after a hold, it tells when they are free again. */
async function runPlaced(
  { call, places, outs, ...given }: PlacedCall,
  { entrance, memory, report }: Rooms
): Promise<PlacedResult> {
  const holds = new Set<Promise<unknown>>();
  const hold = (until: Promise<unknown>): void => {
    const held: Promise<unknown> = until.catch(() => undefined).then(() => holds.delete(held));
    holds.add(held);
  };
  const release = async (): Promise<void> => {
    while (holds.size > 0) await Promise.all(holds);
    // A call may fail while a part of it is still being sent.
    await lent.settle(arrays);
    report({ type: 'released', call });
  };
  const arrays = places.map(place => memory.view(place));
  const { lent } = entrance.mesh;
  const results = outs?.map(place => place && memory.view(place));
  try {
    const arrived = await entrance.run({ ...given, arrays, results, hold });
    const isHeld = holds.size > 0;
    if (isHeld) void release();
    return { arrays: arrived.map((data, k) => settle(data, results?.[k])), isHeld };
  } catch (error) {
    void release();
    throw error;
  }
}

/** Copies an array to where it is wanted, if that is in this thread's reach; what has still to be handed over. */
function settle(data: LeafData, result: LeafData | undefined): LeafData | undefined {
  if (!result) return data;
  if (data !== result) result.set(data);
  return undefined;
}
