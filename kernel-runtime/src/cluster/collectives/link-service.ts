/** What runs beside the sockets of an engine, in its I/O thread: the mesh of links, and the calls of the cell on them. */
import type { MessagePort } from 'node:worker_threads';

import { spans } from '../net/spans.js';
import type { RankPlace } from '../net/websocket.js';
import type { Crossing } from './crossing.js';
import { Entrance } from './entrance.js';
import { LinkMemory } from './link-memory.js';
import { stretchesOf } from '../net/stretches.js';
import { RecordedMesh } from './recorded-mesh.js';
import { serve } from './remote.js';
import { ServedCalls } from './served-calls.js';
import { ShapedMesh } from './shaped-mesh.js';
import type { LinkEvent, LinkOptions, PendingCall } from './types.js';

/** What the thread is given: all of it can be cloned, or moved. */
export interface LinkServiceOptions extends LinkOptions {
  /** To the thread of the cells. */
  readonly port: MessagePort;
  readonly memory: WebAssembly.Memory;
}

interface ServiceOptions extends LinkOptions {
  report(event: LinkEvent): void;
}

/** The methods that the thread of the cells calls. */
export type LinkService = ReturnType<typeof createService>;

/** Serves the thread at the other end of the port until it closes. @returns what this side hands out of the memory */
export function serveLinks({ port, memory: shared, ...options }: LinkServiceOptions): LinkMemory {
  const memory = new LinkMemory(shared);
  const report = (event: LinkEvent): void => speaker.event(event);
  const entrance = createEntrance({ ...options, report });
  const calls = new ServedCalls({
    entrance,
    memory,
    hand: (results, moved) => speaker.hand(results, moved)
  });
  const speaker = serve<LinkEvent>(port, createService(entrance, memory), call =>
    calls.take(call as Crossing)
  );
  return memory;
}

function createEntrance(options: ServiceOptions): Entrance {
  const { shape } = options;
  const mesh = shape ? new ShapedMesh({ ...options, shape }) : new RecordedMesh(options);
  return new Entrance(mesh, options);
}

function createService(entrance: Entrance, memory: LinkMemory) {
  const { mesh, windows } = entrance;
  const pending = (): PendingCall[] =>
    [...mesh.pending(), ...windows.pending()].sort((a, b) => a.since - b.since);
  return {
    listen: () => mesh.listen(),
    learnPlaces: (places: readonly RankPlace[]) => mesh.addresses.learn(places),
    /** The thread of the cells has copied results from these blocks. */
    free: (offsets: readonly number[]) => offsets.forEach(offset => memory.free(offset)),
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
    recordLive: (isOn: boolean) => spans.record(isOn, 'live'),
    takeStretches: (most: number) => stretchesOf(spans.take('live').spans, most),
    close: () => mesh.close()
  };
}
