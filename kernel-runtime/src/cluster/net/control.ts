/** A control link: messages between clients, controller and engines. */
import type { RawData, WebSocket } from 'ws';

import { LOOKS, Silence } from './silence.js';
import { dialWebsocket, serveWebsockets, type Listener, type SocketAddress } from './websocket.js';

/** One end of a link. */
export interface ControlLink {
  send(bytes: Uint8Array): void;
  /** Hears messages; one that the handler throws on closes the link with the error's message. */
  onMessage(handler: (bytes: Uint8Array) => void): void;
  /** Hears the end of the link, once, with its cause in words. */
  onClose(handler: (cause: string) => void): void;
  /**
   * Asks the other end for signs of life. If none comes within `limit` milliseconds, `onSilent` hears for how long, and
   * the link is cut.
   */
  demandLife(limit: number, onSilent: (elapsed: number) => void): void;
  /** Closes politely: what was sent before still arrives. */
  close(reason?: string): void;
}

export interface ServeControlOptions extends SocketAddress {
  onLink(link: ControlLink): void;
}

/** RFC 6455: the message is not acceptable; all is well; and the bytes of reason that a close frame may hold. */
const POLICY_VIOLATION = 1008;
const NORMAL = 1000;
const REASON_BYTES = 120;

/** Connects to a control server. @throws the socket's error, or the status that refused the token */
export async function dialControl(address: SocketAddress): Promise<ControlLink> {
  return toLink(await dialWebsocket(address));
}

/** Listens for control links. */
export function serveControl({ onLink, ...address }: ServeControlOptions): Promise<Listener> {
  return serveWebsockets({ ...address, onSocket: socket => onLink(toLink(socket)) });
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
    demandLife: (limit, onSilent) =>
      demandLife(socket, limit, elapsed => {
        onSilent(elapsed);
        socket.terminate();
      }),
    close: (reason = '') => close(NORMAL, reason)
  };
}

/** Pings; whatever arrives is a sign of life. */
function demandLife(socket: WebSocket, limit: number, onSilent: (elapsed: number) => void): void {
  const silence = new Silence<WebSocket>({ limit, onSilent: (_, elapsed) => onSilent(elapsed) });
  const onLife = (): void => silence.heard(socket);
  onLife();
  socket.on('pong', onLife).on('message', onLife);
  const clock = setInterval(() => socket.ping(), limit / LOOKS).unref();
  socket.once('close', () => {
    clearInterval(clock);
    silence.close();
  });
  silence.watch();
}

function describeClose(code: number): string {
  return code === NORMAL ? 'the connection was closed' : 'the connection broke';
}
