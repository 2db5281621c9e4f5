/** `ws` as it comes: rank 1 sends what rank 0 has asked for. The variant says which of them is the client. */
import { once } from 'node:events';
import type { WebSocket } from 'ws';
import { dialStock, meet, serveStock, start, timeJobs } from './rank.js';

/** `server-to-client` frames are plain, `client-to-server` frames are masked. */
export type Direction = 'server-to-client' | 'client-to-server';

const server = (start.variant as Direction) === 'server-to-client' ? 1 : 0;
const socket = await open();
if (start.rank === 1) answer(socket);
await timeJobs(({ bytes }) =>
  start.rank === 1 ? () => Promise.resolve() : () => ask(socket, bytes)
);

async function open(): Promise<WebSocket> {
  if (start.rank !== server) {
    const address = (await meet())[server];
    return dialStock(address!);
  }
  let take: (socket: WebSocket) => void;
  const opened = new Promise<WebSocket>(resolve => (take = resolve));
  await meet(await serveStock(one => take(one)));
  return opened;
}

function answer(own: WebSocket): void {
  const payload = Buffer.alloc(Math.max(...start.jobs.map(({ bytes }) => bytes)), 1);
  own.on('message', asked => own.send(payload.subarray(0, Number(String(asked)))));
}

async function ask(own: WebSocket, bytes: number): Promise<void> {
  own.send(String(bytes));
  const [message] = (await once(own, 'message')) as [Buffer];
  if (message.length !== bytes) throw new Error(`${message.length} bytes in place of ${bytes}`);
}
