import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';

import type { IncomingLink, OutgoingLink } from '../../../kernel-runtime/src/cluster/net/link.js';
import { encodeFrame, type Frame } from '../../../kernel-runtime/src/cluster/net/link.js';
import { dialTensors, serveTensors } from '../../../kernel-runtime/src/cluster/net/tensor-link.js';
import { privateFolder, socketAddress } from '../../../kernel-runtime/src/platform.js';

const token = randomBytes(32).toString('hex');
const folder = privateFolder('decentlab-test-');
let places = 0;
const place = (): string => socketAddress(folder, `link-${places++}`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const frameOf = (k: number, length = 1): Frame => ({
  epoch: 0,
  era: k,
  op: 'neighborAllreduce',
  signature: '',
  stream: '',
  arrays: [new Float64Array(length).fill(k)]
});

class Receiver {
  readonly frames: Frame[] = [];
  readonly lost: string[] = [];
  #look = (): void => undefined;

  async dial(address: string, rank = 1): Promise<IncomingLink> {
    const onFrame = (_: number, frame: Frame): void => {
      this.frames.push(frame);
      this.#look();
    };
    const onLost = (_: number, cause: string): void => {
      this.lost.push(cause);
      this.#look();
    };
    return dialTensors({ address, token, peer: 0, rank, onFrame, onLost });
  }

  until(fits: (receiver: this) => boolean): Promise<void> {
    return new Promise(resolve => {
      this.#look = () => fits(this) && resolve();
      this.#look();
    });
  }
}

async function pair(): Promise<{ receiver: Receiver; link: OutgoingLink; close(): void }> {
  const address = place();
  let arrived = (_: OutgoingLink): void => undefined;
  const link = new Promise<OutgoingLink>(resolve => (arrived = resolve));
  const listener = await serveTensors({ address, token, onReceiver: arrived });
  const receiver = new Receiver();
  await receiver.dial(address);
  return { receiver, link: await link, close: () => listener.close() };
}

describe('a tensor link', { timeout: 20_000 }, () => {
  it('keeps the order of its frames, small and large', async () => {
    const { receiver, link, close } = await pair();
    expect(link.peer).toBe(1);
    const lengths = [1, 100_000, 0, 3, 1_000_000, 2];
    await Promise.all(lengths.map((length, k) => link.send(encodeFrame(frameOf(k, length)))));
    await receiver.until(({ frames }) => frames.length === lengths.length);
    expect(receiver.frames.map(({ era, arrays: [{ length }] }) => [era, length])).toEqual(
      lengths.map((length, k) => [k, length])
    );
    close();
  });

  it('makes a sender wait while the receiver does not read', async () => {
    const address = place();
    let arrived = (_: OutgoingLink): void => undefined;
    const dialled = new Promise<OutgoingLink>(resolve => (arrived = resolve));
    const listener = await serveTensors({ address, token, onReceiver: arrived });
    const { connect } = await import('node:net');
    const idle = connect(address);
    idle.write(
      `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer ${token}\r\nX-DecentLab-Rank: 1\r\n\r\n`
    );
    const link = await dialled;
    const bytes = encodeFrame(frameOf(0, 1 << 20));
    let sent = 0;
    const all = Array.from({ length: 12 }, () => link.send(bytes).then(() => void sent++));
    await Promise.all(all.slice(0, 2));
    await new Promise(resolve => setImmediate(resolve));
    expect(sent).toBeLessThan(6);
    idle.resume();
    await Promise.all(all);
    expect(sent).toBe(12);
    idle.destroy();
    listener.close();
  });

  it('rejects the sends that wait when the receiver leaves', async () => {
    const { receiver, link, close } = await pair();
    void receiver;
    close();
    await expect(
      (async () => {
        for (;;) await link.send(encodeFrame(frameOf(0, 1 << 18)));
      })()
    ).rejects.toMatchObject({ code: 'LINK_ENDED', detail: { rank: 1 } });
  });

  it('tells the receiver when the sender has gone', async () => {
    const { receiver, close } = await pair();
    close();
    await receiver.until(({ lost }) => lost.length > 0);
    expect(receiver.lost).toEqual(['the connection broke']);
  });

  it('reads a frame that arrives together with the answer to its handshake', async () => {
    const address = place();
    const server = createServer((socket: Socket) =>
      socket.once('data', (request: Buffer) => {
        const [, key] = /Sec-WebSocket-Key: (.*)\r\n/i.exec(request.toString())!;
        const accept = createHash('sha1')
          .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest('base64');
        const answer = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
        const frame = encodeFrame(frameOf(5));
        const head = Buffer.from([0x82, 126, frame.length >> 8, frame.length & 255]);
        socket.write(Buffer.concat([Buffer.from(answer), head, frame]));
      })
    );
    server.listen(address);
    await once(server, 'listening');
    const receiver = new Receiver();
    const link = await receiver.dial(address);
    await receiver.until(({ frames }) => frames.length > 0);
    expect(receiver.frames[0].era).toBe(5);
    link.close();
    server.close();
  });

  it.each<[string, Buffer | string]>([
    ['garbage', randomBytes(100)],
    ['text', 'hello'],
    ['half a frame', encodeFrame(frameOf(0, 10)).subarray(0, 60)]
  ])('is closed with a named error by %s, and harms no other link', async (_, bytes) => {
    const address = place();
    const server = (await import('node:http')).createServer();
    const sockets = new WebSocketServer({ server });
    server.listen(address);
    await once(server, 'listening');
    const receiver = new Receiver();
    const connected = once(sockets, 'connection') as Promise<[import('ws').WebSocket]>;
    await receiver.dial(address);
    const [bad] = await connected;
    const other = await pair();
    bad.send(bytes);
    bad.send(encodeFrame(frameOf(1)));
    const [code, reason] = (await once(bad, 'close')) as [number, Buffer];
    expect(code).toBe(1008);
    expect(reason.toString()).toContain('Expected a tensor frame');
    await receiver.until(({ lost }) => lost.length > 0);
    expect(receiver.lost[0]).toContain('Expected a tensor frame');
    expect(receiver.frames).toEqual([]);
    await other.link.send(encodeFrame(frameOf(7)));
    await other.receiver.until(({ frames }) => frames.length === 1);
    other.close();
    sockets.close();
    server.close();
  });

  it('needs the rank of the receiver', async () => {
    const address = place();
    const listener = await serveTensors({ address, token, onReceiver: () => undefined });
    const receiver = new Receiver();
    await receiver.dial(address, NaN);
    await receiver.until(({ lost }) => lost.length > 0);
    listener.close();
  });
});
