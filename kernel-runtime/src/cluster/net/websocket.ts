/** Websockets that prove a token before anything else is read from them: the base of control and tensor links. */
import { timingSafeEqual } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { WebSocket, WebSocketServer } from 'ws';

import type { TcpPlace } from '../protocol/places.js';

export type { RankPlace } from '../protocol/places.js';

/** A Unix socket or named pipe, from `socketAddress`; or a port of a host. */
export type Place = string | TcpPlace;

export interface SocketAddress {
  readonly address: Place;
  /** 256 bits, hexadecimal. */
  readonly token: string;
  /** Bytes of one message at most; more closes the socket. */
  readonly maxPayload: number;
}

export interface DialOptions extends SocketAddress {
  /** Headers beside the token. */
  readonly headers?: Record<string, string>;
  /** Ms within which the other side has to answer. Defaults to 5,000. */
  readonly timeout?: number;
  /** Opens the connection. Defaults to a plain one. */
  connect?(address: Place): Duplex;
  /** Gets the socket before it opens: a message may arrive together with the server's consent. */
  onSocket?(socket: WebSocket): void;
}

export interface ServeOptions extends SocketAddress {
  /** The status that refuses a request whose token is right; undefined lets it in. */
  refuse?(request: IncomingMessage): number | undefined;
  /** What `ws` reads and writes of a connection. Defaults to all of it. */
  through?(request: IncomingMessage, stream: Socket): Duplex;
  /** Hears every socket that was let in. */
  onSocket(socket: WebSocket, request: IncomingMessage): void;
}

export interface Listener {
  /** Where it listens: the port is known now. */
  readonly address: Place;
  close(): void;
}

/** Whoever listens there took the connection and did not answer in time. */
export class HandshakeTimeout extends Error {
  constructor() {
    super('The opening handshake was not answered in time.');
  }
}

/** The other side has answered, and said no. */
export class DialRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`Unexpected server response: ${status}`);
    this.status = status;
  }
}

/** Half a request, or a peer that never answers, is given up after this. */
export const HANDSHAKE_TIMEOUT_MS = 5_000;
const CHECKING_INTERVAL_MS = 1_000;
const UPGRADE_REQUIRED = 426;
const NOTHING = Buffer.alloc(0);

/** A connection without delays. */
export function connectPlain(address: Place): Socket {
  return typeof address === 'string' ? connect(address) : connect({ ...address, noDelay: true });
}

/** Connects and proves the token. @throws the socket's error, DialRefused with the status that refused it, HandshakeTimeout */
export function dialWebsocket(options: DialOptions): Promise<WebSocket> {
  const { address, token, maxPayload, headers = {}, connect = connectPlain } = options;
  const { timeout = HANDSHAKE_TIMEOUT_MS } = options;
  const socket = new WebSocket('ws://localhost/', {
    createConnection: () => connect(address),
    headers: { ...headers, authorization: `Bearer ${token}` },
    perMessageDeflate: false,
    maxPayload,
    // Between processes of one cluster masking protects nobody, and `ws` skips it for zeros.
    generateMask: mask => void mask.fill(0)
  });
  options.onSocket?.(socket);
  return new Promise((resolve, reject) => {
    // The time limit of `ws` is one of the connection's own socket, which a stream in front of it has not.
    const limit = setTimeout(() => {
      reject(new HandshakeTimeout());
      socket.terminate();
    }, timeout);
    socket.once('close', () => clearTimeout(limit));
    socket.once('open', () => {
      clearTimeout(limit);
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('unexpected-response', (request, { statusCode = 0 }) => {
      clearTimeout(limit);
      request.destroy();
      reject(new DialRefused(statusCode));
    });
    socket.once('error', reject);
  });
}

/** Listens. Whoever has no token, or comes from a web page, is refused before anything is read. */
export function serveWebsockets(options: ServeOptions): Promise<Listener> {
  const { address, token, maxPayload, onSocket } = options;
  const limits = {
    headersTimeout: HANDSHAKE_TIMEOUT_MS,
    requestTimeout: HANDSHAKE_TIMEOUT_MS,
    // Node looks for expired requests every 30 s otherwise.
    connectionsCheckingInterval: CHECKING_INTERVAL_MS
  };
  const server = createServer(limits, (_, response) =>
    response.writeHead(UPGRADE_REQUIRED, { connection: 'close' }).end()
  );
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload });
  server.on('upgrade', (request: IncomingMessage, stream: Socket, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const refusal = refuseStranger(request, token) ?? options.refuse?.(request);
    if (refusal !== undefined) return turnAway(stream, refusal);
    const through = options.through?.(request, stream) ?? stream;
    sockets.handleUpgrade(request, through, through === stream ? head : NOTHING, socket => {
      // Its end tells the story; a socket that is turned away may still fail, and must not end the process.
      socket.on('error', () => undefined);
      onSocket(socket, request);
    });
    if (through !== stream && head.length > 0) stream.emit('data', head);
  });
  return listen(server, address, () => {
    for (const socket of sockets.clients) socket.terminate();
  });
}

/** The status that refuses a request; undefined for one that may come in. */
function refuseStranger({ headers }: IncomingMessage, token: string): number | undefined {
  if (headers.origin !== undefined) return 403;
  const expected = Buffer.from(`Bearer ${token}`);
  const received = Buffer.from(headers.authorization ?? '');
  const isEqual = expected.length === received.length && timingSafeEqual(expected, received);
  return isEqual ? undefined : 401;
}

/** A client that does not close its side must not keep the socket. */
function turnAway(stream: Socket, status: number): void {
  const answer = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`;
  stream.end(answer, () => stream.destroy());
}

function listen(server: Server, address: Place, onClose: () => void): Promise<Listener> {
  const close = (): void => {
    onClose();
    server.closeAllConnections();
    server.close();
  };
  // An engine that was killed leaves its socket behind; the folder is the cluster's own.
  if (typeof address === 'string') rmSync(address, { force: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(typeof address === 'string' ? { path: address } : address, () => {
      const bound = server.address();
      const place =
        typeof address === 'string' || bound === null || typeof bound === 'string'
          ? address
          : { host: address.host, port: bound.port };
      resolve({ address: place, close });
    });
  });
}
