/** A control link: messages between clients, controller and engines, over a websocket that proves its token first. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

import { WebSocket, WebSocketServer, type RawData } from 'ws';

/** Both ends of a link. */
export interface ControlLink {
  send(bytes: Uint8Array): void;
  /** Hears messages; one that the handler throws on closes the link with the error's message. */
  onMessage(handler: (bytes: Uint8Array) => void): void;
  /** Hears the end of the link, once, with its cause in words. */
  onClose(handler: (cause: string) => void): void;
  /** Closes politely: what was sent before still arrives. */
  close(reason?: string): void;
}

interface DialOptions {
  /** From `socketAddress`. */
  readonly address: string;
  /** 256 bits, hexadecimal. */
  readonly token: string;
  /** Bytes of one message at most. */
  readonly maxPayload: number;
}

export interface ServeOptions extends DialOptions {
  onLink(link: ControlLink): void;
}

const HANDSHAKE_TIMEOUT_MS = 5_000;
/** RFC 6455: the message is not acceptable. */
const POLICY_VIOLATION = 1008;
const NORMAL = 1000;
/** RFC 6455 allows a close frame this many bytes of reason. */
const REASON_BYTES = 120;

/** Connects to a control server. @throws the socket's error, or the status that refused the token */
export function dialControl({ address, token, maxPayload }: DialOptions): Promise<ControlLink> {
  const options = {
    createConnection: () => connect(address),
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    maxPayload,
    // A local socket needs no masking, and `ws` skips it for zeros.
    generateMask: (mask: Buffer) => void mask.fill(0)
  };
  const socket = new WebSocket('ws://localhost/', options);
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(toLink(socket)));
    socket.once('error', reject);
  });
}

/** Listens for control links. Whoever has no token, or comes from a web page, is refused before anything is read. */
export function serveControl({
  address,
  token,
  maxPayload,
  onLink
}: ServeOptions): Promise<{ close(): void }> {
  const server = createServer((_, response) => response.writeHead(426).end());
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const refusal = refuse(request, token);
    if (refusal !== undefined) return turnAway(stream, refusal);
    sockets.handleUpgrade(request, stream, head, socket => onLink(toLink(socket)));
  });
  return listen(server, address, () => {
    for (const socket of sockets.clients) socket.terminate();
  });
}

/** The status that refuses a request; undefined for one that may come in. */
export function refuse({ headers }: IncomingMessage, token: string): number | undefined {
  if (headers.origin !== undefined) return 403;
  const expected = Buffer.from(`Bearer ${token}`);
  const received = Buffer.from(headers.authorization ?? '');
  const isEqual = expected.length === received.length && timingSafeEqual(expected, received);
  return isEqual ? undefined : 401;
}

function turnAway(stream: Duplex, status: number): void {
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`);
}

function listen(server: Server, address: string, onClose: () => void): Promise<{ close(): void }> {
  const close = (): void => {
    onClose();
    server.closeAllConnections();
    server.close();
  };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => resolve({ close }));
  });
}

function toLink(socket: WebSocket): ControlLink {
  socket.binaryType = 'nodebuffer';
  let error: string | undefined;
  socket.on('error', reason => (error = reason.message));
  const close = (code: number, reason: string): void =>
    socket.close(code, Buffer.from(reason).subarray(0, REASON_BYTES).toString());
  return {
    send: bytes => socket.send(bytes),
    onMessage: handler =>
      socket.on('message', (data: RawData, isBinary: boolean) => {
        try {
          handler(isBinary ? (data as Buffer) : Buffer.alloc(0));
        } catch (thrown) {
          close(POLICY_VIOLATION, thrown instanceof Error ? thrown.message : String(thrown));
        }
      }),
    onClose: handler =>
      socket.on('close', (code, reason) =>
        handler(error ?? (reason.toString() || describeClose(code)))
      ),
    close: (reason = '') => close(NORMAL, reason)
  };
}

function describeClose(code: number): string {
  return code === NORMAL ? 'the connection was closed' : 'the connection broke';
}
