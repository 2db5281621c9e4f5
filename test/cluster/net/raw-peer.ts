/** Peers that speak bytes: handshakes and frames made by hand, right and wrong. */
import { createHash } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The request that opens a websocket. */
export function handshake(headers: Record<string, string | number>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    'GET / HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...lines,
    '',
    ''
  ].join('\r\n');
}

/** The headers of a rank's own dial. */
export function hello(
  token: string,
  rank: number,
  link = `control test-${rank}`
): Record<string, string | number> {
  return {
    authorization: `Bearer ${token}`,
    'x-decentlab-rank': rank,
    'x-decentlab-link': link
  };
}

/** The answer to a request that opens a websocket. */
export function consent(request: string): string {
  const [, key] = /Sec-WebSocket-Key: (.*)\r\n/i.exec(request) ?? ['', ''];
  const accept = createHash('sha1')
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

/** A frame with a payload; masked as a client has to, if asked. */
export function frame(first: number, payload: Uint8Array, isMasked = false): Buffer {
  const { length } = payload;
  const header = Buffer.alloc(length > 65_535 ? 10 : length > 125 ? 4 : 2);
  header[0] = first;
  header[1] = header.length === 10 ? 127 : header.length === 4 ? 126 : length;
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  if (!isMasked) return Buffer.concat([header, payload]);
  header[1] |= 0x80;
  return Buffer.concat([header, Buffer.alloc(4), payload]);
}

export const BINARY = 0x82;

/** Says some bytes and no more, and resolves when the other side has closed, or has answered with a close frame. */
export function attack(address: string, bytes: string | Uint8Array): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(address);
    let answer = '';
    const end = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('error', end);
    socket.on('close', end);
    socket.on('data', (data: Buffer) => {
      answer += data.toString('latin1');
      if (answer.includes('\x88')) end();
    });
    socket.end(bytes);
  });
}

/** A server that answers each request with bytes of the test's choice, and resolves each time a dialler has left. */
export function rawServer(
  address: string,
  answer: (request: string, socket: Socket) => Uint8Array | string
): Promise<Server> {
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    let request = '';
    const listen = (data: Buffer): void => {
      request += data.toString('latin1');
      if (!request.includes('\r\n\r\n')) return;
      socket.off('data', listen);
      // It is told why it is closed on.
      socket.on('data', (said: Buffer) => void (said.includes(0x88) && socket.end()));
      socket.write(answer(request, socket));
    };
    socket.on('data', listen);
  });
  return new Promise(resolve => server.listen(address, () => resolve(server)));
}
