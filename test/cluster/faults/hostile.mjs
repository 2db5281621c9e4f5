/** A process that means harm: throws everything at every socket of a cluster, with the token and without. */
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import { WebSocket } from 'ws';

const { folder, token, seed } = JSON.parse(process.argv[2]);
let state = seed;
const chance = n => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % n;
const garbage = length => Buffer.from(Array.from({ length }, () => chance(256)));
const proof = { authorization: `Bearer ${token}` };

/** Ends by itself soon, whatever the other side does. */
function strangerAt(path, bytes) {
  return new Promise(resolve => {
    const socket = connect(path, () => socket.write(bytes));
    socket.on('error', () => undefined);
    socket.on('close', resolve);
    setTimeout(() => socket.destroy(), 50);
  });
}

function insiderAt(path, headers, messages) {
  return new Promise(resolve => {
    const socket = new WebSocket('ws://localhost/', {
      createConnection: () => connect(path),
      headers: { ...proof, ...headers }
    });
    socket.on('open', () => messages.forEach(message => socket.send(message)));
    socket.on('error', () => undefined);
    socket.on('close', resolve);
    setTimeout(() => socket.terminate(), 50);
  });
}

const strangers = [
  () => garbage(1 + chance(5000)),
  () => 'GET / HTTP/1.1\r\n\r\n',
  () => `GET / HTTP/1.1\r\nauthorization: Bearer ${'0'.repeat(64)}\r\n`,
  () =>
    `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  () => Buffer.alloc(100_000, 'A')
];
const ranks = [undefined, '-1', '99', 'x', '1e9', ''];

for (let turn = 0; turn < 10; turn++)
  for (const name of readdirSync(folder).filter(file => file.endsWith('.sock'))) {
    const path = join(folder, name);
    const rank = ranks[chance(ranks.length)];
    const headers = rank === undefined ? {} : { 'x-decentlab-rank': rank };
    const messages = [garbage(chance(2000)), garbage(32), 'text', Buffer.alloc(0)];
    await Promise.all([
      strangerAt(path, strangers[chance(strangers.length)]()),
      insiderAt(path, headers, messages)
    ]);
  }
