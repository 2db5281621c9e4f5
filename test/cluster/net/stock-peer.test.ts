import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

import {
  decodeHead,
  encodeHead,
  HEAD_BYTES,
  type Head
} from '../../../kernel-runtime/src/cluster/protocol/head.js';
import { LinkPeers, message, patterned } from './link-peers.js';
import { hello } from './raw-peer.js';

let peers: LinkPeers;
const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
  peers.stop();
});

/** The messages of a socket, one after the other. */
function messagesOf(socket: WebSocket): () => Promise<{ head: Head; payload: Buffer }> {
  const messages: Buffer[] = [];
  let look = (): void => undefined;
  socket.on('message', (data: Buffer) => {
    messages.push(data);
    look();
  });
  return async () => {
    while (messages.length === 0) await new Promise<void>(resolve => (look = resolve));
    const bytes = messages.shift()!;
    return { head: decodeHead(bytes), payload: bytes.subarray(HEAD_BYTES) };
  };
}

/** A `ws` client as everybody uses it, as rank 1. */
async function stockClient(link: string): Promise<WebSocket> {
  const socket = new WebSocket('ws://localhost/', {
    createConnection: () => connect(peers.address(0)),
    headers: hello(peers.token, 1, link)
  });
  ended.push(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

const SIZE = 2_500_000;

describe('a stock ws peer', () => {
  it('reads what a rank sends', async () => {
    peers = await LinkPeers.start(2);
    const [a] = peers.all;
    const control = await stockClient('control stock');
    const heads = messagesOf(control);
    const small = a.links.send(1, message([Buffer.from('hello')], { era: 5 }));
    expect((await heads()).payload.toString()).toBe('words');
    expect(await heads()).toMatchObject({
      head: { kind: 'message', sender: 0, era: 5, length: 5 }
    });
    await small;
    const sent = a.links.send(1, message([patterned(SIZE)]));
    const { head } = await heads();
    expect(head).toMatchObject({ kind: 'announcement', length: SIZE });
    const chunks = messagesOf(await stockClient('bulk stock'));
    const { sequence } = head;
    control.send(encodeHead({ kind: 'grant', sender: 1, sequence, length: SIZE }));
    const received: Buffer[] = [];
    for (let number = 0; received.reduce((sum, { length }) => sum + length, 0) < SIZE; number++) {
      const chunk = await chunks();
      expect(chunk.head).toMatchObject({ kind: 'chunk', sequence, number, sender: 0 });
      expect(chunk.head.length).toBe(chunk.payload.length);
      received.push(chunk.payload);
    }
    expect(Buffer.concat(received).equals(patterned(SIZE))).toBe(true);
    await sent;
  });

  it.each<[string, (socket: WebSocket, bytes: Buffer) => void]>([
    ['in one piece', (socket, bytes) => socket.send(bytes)],
    [
      'in fragments, with pings between them',
      (socket, bytes) => {
        for (let at = 0; at < bytes.length; at += 70_001) {
          socket.ping();
          socket.send(bytes.subarray(at, at + 70_001), { fin: at + 70_001 >= bytes.length });
        }
      }
    ]
  ])('is read by a rank: messages %s', async (_, send) => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    a.links.close();
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    ended.push(() => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
    });
    server.listen(peers.address(0));
    await once(server, 'listening');
    const next = async (): Promise<[WebSocket, IncomingMessage]> =>
      (await once(sockets, 'connection')) as [WebSocket, IncomingMessage];
    const dialled = next();
    b.links.connect(0);
    const [control, request] = await dialled;
    expect(request.headers['x-decentlab-link']).toMatch(/^control /);
    const heads = messagesOf(control);
    control.send(Buffer.concat([encodeHead({ kind: 'words', length: 2 }), Buffer.from('hi')]));
    control.send(encodeHead({ kind: 'announcement', sequence: 9, length: SIZE }));
    const bulkDialled = next();
    const landed = b.land(await b.next());
    const [bulk, bulkRequest] = await bulkDialled;
    expect(bulkRequest.headers['x-decentlab-link']).toMatch(/^bulk /);
    expect(await heads()).toMatchObject({ head: { kind: 'grant', sequence: 9, length: SIZE } });
    const payload = patterned(SIZE);
    for (let number = 0; number * 1_000_000 < SIZE; number++) {
      const part = payload.subarray(number * 1_000_000, (number + 1) * 1_000_000);
      const head = encodeHead({ kind: 'chunk', sequence: 9, number, length: part.length });
      send(bulk, Buffer.concat([head, part]));
    }
    expect((await landed).equals(payload)).toBe(true);
    expect(b.lost).toEqual([]);
  });
});
