/** Websockets that prove a token before anything else is read from them: the base of control and tensor links. */
import { timingSafeEqual } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer, STATUS_CODES, type IncomingMessage } from 'node:http';
import {
  connect,
  createServer as createSocketServer,
  type OnReadOpts,
  type Server,
  type Socket
} from 'node:net';
import type { Duplex } from 'node:stream';

import { WebSocket, WebSocketServer } from 'ws';

import type { TcpPlace } from '../protocol/places.js';
import { Limit } from './limit.js';

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
  /** Whether the other side is only slow when it should have answered: its time begins anew. Defaults to never. */
  isExcused?(): boolean;
  /** Opens the connection. Defaults to a plain one. */
  connect?(address: Place): Duplex;
  /** Gets the socket before it opens: a message may arrive together with the server's consent. */
  onSocket?(socket: WebSocket): void;
}

export interface ServeOptions extends SocketAddress {
  /** Ms within which a request has to be there. Defaults to 5,000. */
  readonly timeout?: number;
  /** The status that refuses a request whose token is right; undefined lets it in. */
  refuse?(request: IncomingMessage): number | undefined;
  /** What is spoken over a connection. Defaults to all that is said there. */
  accept?(socket: Socket): Duplex;
  /** What `ws` reads and writes of it. Defaults to all of it. */
  through?(request: IncomingMessage, stream: Duplex): Duplex;
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
const HANDSHAKE_TIMEOUT_MS = 5_000;
const UPGRADE_REQUIRED = 426;
const NOTHING = Buffer.alloc(0);

/** A connection without delays. @param reading gets what comes, in place of the socket's reader */
export function connectPlain(address: Place, reading?: OnReadOpts): Socket {
  const where = typeof address === 'string' ? { path: address } : { ...address, noDelay: true };
  return connect({ ...where, ...(reading ? { onread: reading } : {}) });
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
    const limit = new Limit(
      timeout,
      () => {
        reject(new HandshakeTimeout());
        socket.terminate();
      },
      options.isExcused
    );
    socket.once('close', () => limit.end());
    socket.once('open', () => {
      limit.end();
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('unexpected-response', (request, { statusCode = 0 }) => {
      limit.end();
      request.destroy();
      reject(new DialRefused(statusCode));
    });
    socket.once('error', reject);
  });
}

/** Listens. Whoever has no token, or comes from a web page, is refused before anything is read. */
export function serveWebsockets(options: ServeOptions): Promise<Listener> {
  const { address, token, maxPayload, onSocket, timeout = HANDSHAKE_TIMEOUT_MS } = options;
  // Node's own limits count the time for which this process was busy itself against those who wait for it.
  const noLimits = { headersTimeout: 0, requestTimeout: 0 };
  const server = createServer(noLimits, (_, response) =>
    response.writeHead(UPGRADE_REQUIRED, { connection: 'close' }).end()
  );
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload });
  const limits = new WeakMap<Duplex, Limit>();
  server.on('connection', (socket: Duplex) => {
    const limit = new Limit(timeout, () => socket.destroy());
    limits.set(socket, limit);
    socket.once('close', () => limit.end());
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    limits.get(stream)?.end();
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
  const { accept } = options;
  // HTTP is spoken over any stream, though the types name sockets.
  const doors = accept
    ? createSocketServer({ noDelay: true }, socket =>
        server.emit('connection', accept(socket) as Socket)
      )
    : server;
  return listen(doors, address, () => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
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
function turnAway(stream: Duplex, status: number): void {
  const answer = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`;
  stream.end(answer, () => stream.destroy());
}

function listen(server: Server, address: Place, onClose: () => void): Promise<Listener> {
  const close = (): void => {
    onClose();
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
