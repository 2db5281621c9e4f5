/** A control link: messages between clients, controller and engines. */
import type { IncomingMessage } from 'node:http';

import type { RawData, WebSocket } from 'ws';

import { newMessage } from './links/frame.js';
import { MessageSocket } from './links/message-socket.js';
import { LOOKS, Silence, type SilenceOptions } from './silence.js';
import {
  connectPlain,
  dialWebsocket,
  serveWebsockets,
  type DialOptions,
  type Listener,
  type SocketAddress
} from './websocket.js';

/** Which signs of life are asked for, as `Silence` does. */
export type LifeDemand = Pick<SilenceOptions<unknown>, 'limit' | 'isExcused'> & {
  readonly onSilent: (elapsed: number) => void;
};

/** One end of a link. */
export interface ControlLink {
  /** Sends messages, together. */
  send(...messages: readonly Uint8Array[]): void;
  /** Hears messages; one that the handler throws on closes the link with the error's message. */
  onMessage(handler: (bytes: Uint8Array) => void): void;
  /** Hears the end of the link, once, with its cause in words. */
  onClose(handler: (cause: string) => void): void;
  /**
   * Asks the other end for signs of life. If none comes within `limit` milliseconds, `onSilent` hears for how long, and
   * the link is cut; unless it is excused, which begins the time anew.
   */
  demandLife(demand: LifeDemand): void;
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
export async function dialControl(
  options: SocketAddress & Pick<DialOptions, 'isExcused'>
): Promise<ControlLink> {
  const { address, maxPayload } = options;
  const messages = MessageSocket.dial(reading => connectPlain(address, reading), maxPayload);
  let link: ControlLink | undefined;
  await dialWebsocket({
    ...options,
    connect: () => messages.stream,
    onSocket: socket => (link = toLink(socket, messages))
  });
  return link!;
}

/** Listens for control links. */
export function serveControl({ onLink, ...address }: ServeControlOptions): Promise<Listener> {
  const accepted = new WeakMap<IncomingMessage, MessageSocket>();
  return serveWebsockets({
    ...address,
    through(request, stream) {
      const messages = MessageSocket.accept(stream, address.maxPayload);
      accepted.set(request, messages);
      return messages.stream;
    },
    onSocket: (socket, request) => onLink(toLink(socket, accepted.get(request)!))
  });
}

/** @param messages what lies below the socket: nearly all messages go in and out there */
function toLink(socket: WebSocket, messages: MessageSocket): ControlLink {
  socket.binaryType = 'nodebuffer';
  let error: string | undefined;
  socket.on('error', reason => (error = reason.message));
  const close = (code: number, reason: string): void =>
    socket.close(code, Buffer.from(reason).subarray(0, REASON_BYTES).toString());
  /** What came before anybody listened. */
  const early: Buffer[] = [];
  let hear = (bytes: Buffer): void => void early.push(bytes);
  let onLife = (): void => undefined;
  messages.onMessage = bytes => {
    onLife();
    hear(bytes);
  };
  socket.on('pong', () => onLife());
  // Of clients that mask or divide their messages.
  socket.on('message', (data: RawData, isBinary: boolean) => {
    onLife();
    hear(isBinary ? (data as Buffer) : Buffer.alloc(0));
  });
  return {
    send: (...list) => messages.send(list.map(toMessage)),
    onMessage(handler) {
      hear = bytes => {
        try {
          handler(bytes);
        } catch (thrown) {
          close(POLICY_VIOLATION, thrown instanceof Error ? thrown.message : String(thrown));
        }
      };
      for (const bytes of early.splice(0)) hear(bytes);
    },
    onClose: handler =>
      socket.on('close', (code, reason) =>
        handler(error ?? (reason.toString() || describeClose(code)))
      ),
    demandLife({ onSilent, ...demand }) {
      onLife = demandLife(socket, {
        ...demand,
        onSilent(elapsed) {
          onSilent(elapsed);
          socket.terminate();
        }
      });
    },
    close: (reason = '') => close(NORMAL, reason)
  };
}

/** The bytes with room in front of them for their frame. */
function toMessage(bytes: Uint8Array): Buffer {
  const message = newMessage(bytes.length);
  message.set(bytes);
  return message;
}

/** Pings. @returns what to call when anything arrives, which is a sign of life */
function demandLife(socket: WebSocket, { onSilent, ...demand }: LifeDemand): () => void {
  const silence = new Silence<WebSocket>({
    ...demand,
    onSilent: (_, elapsed) => onSilent(elapsed)
  });
  const onLife = (): void => silence.heard(socket);
  onLife();
  const clock = setInterval(() => socket.ping(), demand.limit / LOOKS).unref();
  socket.once('close', () => {
    clearInterval(clock);
    silence.close();
  });
  silence.watch();
  return onLife;
}

function describeClose(code: number): string {
  return code === NORMAL ? 'the connection was closed' : 'the connection broke';
}
