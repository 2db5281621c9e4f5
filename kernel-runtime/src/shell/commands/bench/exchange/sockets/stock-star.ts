/** `ws` as it comes between one process and many: rank 0 says a word to all others, and hears their answers. */
import type { WebSocket } from 'ws';
import { dialStock, meet, serveStock, start, timeJobs } from './rank.js';

if (start.rank === 0) await say();
else await answer();

async function say(): Promise<void> {
  const sockets: WebSocket[] = [];
  let missing = 0;
  let done = (): void => undefined;
  const address = await serveStock(socket => {
    sockets.push(socket);
    socket.on('message', () => --missing === 0 && done());
  });
  await meet(address);
  // The others have dialled.
  await meet();
  await timeJobs(() => () => {
    missing = sockets.length;
    const answered = new Promise<void>(resolve => (done = resolve));
    for (const socket of sockets) socket.send('1');
    return answered;
  });
}

async function answer(): Promise<void> {
  const [address] = await meet();
  const socket = await dialStock(address!);
  socket.on('message', word => socket.send(String(word)));
  await meet();
  await timeJobs(() => () => Promise.resolve());
}
