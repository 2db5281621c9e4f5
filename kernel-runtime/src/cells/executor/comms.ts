/** Comms as cells see them: named channels to the notebook's page, both ways, like those of ipykernel. */
import { randomUUID } from 'node:crypto';

import { currentRun, RunContext, runIn } from './context.js';

/** What travels with a message, besides the data that JSON can hold. */
export interface CommParts {
  readonly metadata?: Record<string, unknown>;
  readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
}

/** A message as a handler receives it. */
export interface CommMessage {
  readonly data: unknown;
  readonly metadata: Record<string, unknown>;
  readonly buffers: readonly Uint8Array[];
}

/** Between this process and the kernel, which speaks with the page. */
export interface CommEvent extends Partial<CommMessage> {
  readonly type: 'comm';
  readonly action: 'open' | 'message' | 'close' | 'register';
  /** The comm's; absent for `register`. */
  readonly id?: string;
  /** With `open` and `register`. */
  readonly target?: string;
  /** The cell that an event belongs to. */
  readonly run?: string;
}

type Handler<A extends unknown[]> = (...args: A) => unknown;

export interface CommHost {
  send(event: CommEvent): void;
  /** Tells of an error in a handler, in the name of the cell that the handler comes from. */
  report(what: string, error: unknown): void;
}

/** The comms of this process and the targets that its cells have registered. */
export class Comms {
  readonly #host: CommHost;
  readonly #open = new Map<string, OpenComm>();
  readonly #targets = new Map<string, Handler<[OpenComm, CommMessage]>>();

  constructor(host: CommHost) {
    this.#host = host;
  }

  /** Opens a comm to a target of the page. */
  open(target: string, data: unknown = {}, parts: CommParts = {}): OpenComm {
    const comm = this.#add(randomUUID(), target);
    this.#send(comm, 'open', data, parts);
    return comm;
  }

  /** Lets the page open comms to `target`; a second registration replaces the first. */
  register(target: string, onOpen: Handler<[OpenComm, CommMessage]>): void {
    this.#targets.set(target, this.#guarded(`The target ${target}`, onOpen));
    this.#host.send({ type: 'comm', action: 'register', target });
  }

  /** Takes an event from the page. */
  receive(event: CommEvent): void {
    const { action, id = '', target = '', data = {}, metadata = {}, buffers = [] } = event;
    const message = { data, metadata, buffers };
    if (action === 'open') this.#targets.get(target)?.(this.#add(id, target), message);
    else if (action === 'message') this.#open.get(id)?.handle(message);
    else if (action === 'close') this.#end(id, message);
  }

  #add(id: string, target: string): OpenComm {
    const comm = new OpenComm(id, target, {
      send: (data, parts) => this.#send(comm, 'message', data, parts),
      close: data => {
        if (this.#open.delete(id)) this.#send(comm, 'close', data, {});
      },
      guarded: handler => this.#guarded(`A handler of the comm ${target}`, handler)
    });
    this.#open.set(id, comm);
    return comm;
  }

  #end(id: string, message: CommMessage): void {
    const comm = this.#open.get(id);
    this.#open.delete(id);
    comm?.handleClose(message);
  }

  #send(comm: OpenComm, action: CommEvent['action'], data: unknown, parts: CommParts): void {
    const { id, target } = comm;
    const { metadata = {}, buffers = [] } = parts;
    if (!this.#open.has(id) && action !== 'close')
      throw new Error(`The comm ${target} is closed; open another one.`);
    const run = currentRun()?.id;
    // What JSON cannot hold would fail far from here, in the kernel.
    const plain: unknown = JSON.parse(JSON.stringify(data ?? {}));
    const bytes = buffers.map(toBytes);
    this.#host.send({
      type: 'comm',
      action,
      id,
      target,
      data: plain,
      metadata,
      buffers: bytes,
      run
    });
  }

  /** Runs a handler in the name of the cell that gave it, also if that cell was stopped meanwhile. */
  #guarded<A extends unknown[]>(what: string, handler: Handler<A>): Handler<A> {
    const run = currentRun();
    const call = async (args: A): Promise<void> => {
      try {
        await handler(...args);
      } catch (error) {
        this.#host.report(what, error);
      }
    };
    return (...args) => {
      if (!run) void call(args);
      else void runIn(new RunContext(run), () => call(args));
    };
  }
}

interface CommActions {
  send(data: unknown, parts: CommParts): void;
  close(data: unknown): void;
  guarded<A extends unknown[]>(handler: Handler<A>): Handler<A>;
}

/** One open comm. */
export class OpenComm {
  readonly id: string;
  readonly target: string;
  readonly #actions: CommActions;
  readonly #onMessage: Handler<[CommMessage]>[] = [];
  readonly #onClose: Handler<[CommMessage]>[] = [];

  constructor(id: string, target: string, actions: CommActions) {
    this.id = id;
    this.target = target;
    this.#actions = actions;
  }

  /** Sends data, and bytes beside it, to the page. */
  send(data: unknown, parts: CommParts = {}): void {
    this.#actions.send(data, parts);
  }

  /** Calls `handler` with every message from the page. */
  onMessage(handler: Handler<[CommMessage]>): this {
    this.#onMessage.push(this.#actions.guarded(handler));
    return this;
  }

  /** Calls `handler` when the page closes the comm. */
  onClose(handler: Handler<[CommMessage]>): this {
    this.#onClose.push(this.#actions.guarded(handler));
    return this;
  }

  /** Closes the comm on both sides; a closed one stays closed. */
  close(data: unknown = {}): void {
    this.#actions.close(data);
  }

  /** Passes a message from the page to the handlers. */
  handle(message: CommMessage): void {
    for (const handler of this.#onMessage) handler(message);
  }

  /** Tells the handlers that the page has closed the comm. */
  handleClose(message: CommMessage): void {
    for (const handler of this.#onClose) handler(message);
  }
}

function toBytes(buffer: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (!ArrayBuffer.isView(buffer)) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
