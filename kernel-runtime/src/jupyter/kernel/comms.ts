/** Comms: named channels between the front end and the kernel. */
import { randomUUID } from 'node:crypto';
import type { Session } from './session.js';
import type { Content } from './wire.js';

/** One open comm, as its target sees it. */
export interface Comm {
  readonly id: string;
  send(data: Content): void;
}

/** What a target does with its comms. */
export interface CommTarget {
  onOpen(comm: Comm, data: Content): void;
  onMessage(comm: Comm, data: Content): void;
  onClose(comm: Comm): void;
}

interface OpenComm {
  readonly comm: Comm;
  readonly name: string;
  readonly target: CommTarget;
}

/** All targets of this kernel and their open comms. */
export class Comms {
  readonly #session: Session;
  readonly #targets = new Map<string, CommTarget>();
  readonly #open = new Map<string, OpenComm>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Makes a target known; a front end may open comms to it from now on. */
  register(name: string, target: CommTarget): void {
    this.#targets.set(name, target);
  }

  /** Handles comm_open; a comm to an unknown target is closed at once, as the protocol asks. */
  open(content: Content): void {
    const id = String(content['comm_id'] ?? randomUUID());
    const name = String(content['target_name']);
    const target = this.#targets.get(name);
    if (!target) return this.#session.publish('comm_close', { comm_id: id, data: {} });
    const comm: Comm = {
      id,
      send: data => this.#session.publish('comm_msg', { comm_id: id, data })
    };
    this.#open.set(id, { comm, name, target });
    target.onOpen(comm, toRecord(content['data']));
  }

  /** Handles comm_msg. */
  message(content: Content): void {
    const open = this.#open.get(String(content['comm_id']));
    open?.target.onMessage(open.comm, toRecord(content['data']));
  }

  /** Handles comm_close. */
  close(content: Content): void {
    const open = this.#open.get(String(content['comm_id']));
    if (!open) return;
    this.#open.delete(open.comm.id);
    open.target.onClose(open.comm);
  }

  /** Answers comm_info_request: the open comms, of one target if it is named. */
  info(content: Content): Content {
    const wanted = content['target_name'];
    const open = [...this.#open.values()].filter(({ name }) => !wanted || name === wanted);
    return {
      status: 'ok',
      comms: Object.fromEntries(open.map(({ comm, name }) => [comm.id, { target_name: name }]))
    };
  }
}

function toRecord(value: unknown): Content {
  return typeof value === 'object' && value !== null ? (value as Content) : {};
}
