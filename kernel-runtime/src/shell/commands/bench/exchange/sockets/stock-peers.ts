/** Partial averaging on `ws` as it comes: every rank hears the peers that it dials, and averages in a plain loop. */
import { on } from 'node:events';
import type { WebSocket } from 'ws';
import { floatsOf, type Job } from '../job.js';
import { assertEntries, onePeerDistance, type TimedCall } from '../timing.js';
import { dialStock, meet, serveStock, start, timeJobs } from './rank.js';

const { rank, size } = start;
type Messages = AsyncIterator<[Buffer]>;
const RANK_BYTES = 4;
const at = (distance: number): number => (((rank + distance) % size) + size) % size;
const period = Math.max(1, Math.ceil(Math.log2(size)));
const distances = Array.from({ length: period }, (_, step) => onePeerDistance(size, step));

/** Who hears this rank. */
const listeners = new Map<number, WebSocket>();
const addresses = await meet(
  await serveStock(socket =>
    socket.once('message', (name: Buffer) => listeners.set(name.readInt32LE(), socket))
  )
);
const sources = new Map(
  await Promise.all(distances.map(async distance => [distance, await dial(at(-distance))] as const))
);
await meet();
await timeJobs(averageWithOnePeer);

/** The receiver dials the sender, so that frames need no mask, and says who it is. */
async function dial(source: number): Promise<Messages> {
  const socket = await dialStock(addresses[source]!);
  // A source that is ahead sends before this rank asks: the iterator keeps what has come.
  const messages = on(socket, 'message') as Messages;
  const name = Buffer.alloc(RANK_BYTES);
  name.writeInt32LE(rank);
  socket.send(name);
  return messages;
}

function averageWithOnePeer(job: Job): TimedCall {
  const x = new Float32Array(floatsOf(job.bytes)).fill(rank + 1);
  return async step => {
    const distance = onePeerDistance(size, step);
    listeners.get(at(distance))!.send(new Uint8Array(x.buffer));
    const next = (await sources.get(distance)!.next()) as IteratorResult<[Buffer], never>;
    const z = toFloats(next.value[0]);
    const y = new Float32Array(x.length);
    for (let i = 0; i < y.length; i++) y[i] = 0.5 * x[i] + 0.5 * z[i];
    assertEntries(job, y, (rank + 1 + at(-distance) + 1) / 2);
  };
}

function toFloats(bytes: Buffer): Float32Array {
  const isAligned = bytes.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, byteLength } = isAligned ? bytes : Uint8Array.from(bytes);
  return new Float32Array(buffer, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT);
}
