/** The connection of a client to the controller: requests and their ends, outputs, news. */
import { EventEmitter } from 'node:events';

import { DecentLabError } from '../../errors.js';
import type { Output } from '../protocol/cell.js';
import { isToClient, type FromClient, type ToClient } from '../protocol/client-messages.js';
import type { ClusterFile } from '../protocol/cluster-file.js';
import { decodeMessage, encodeMessage, MAX_MESSAGE_BYTES } from '../protocol/codec.js';
import type { ClusterState } from '../protocol/state.js';
import type { Reply, Task } from '../protocol/task.js';
import { dialControl, type ControlLink } from '../net/control.js';

export interface TaskOptions {
  onOutput?: (rank: number, output: Output) => void;
  /** Called for each rank that is done. */
  onFinished?: () => void;
}

/** What is heard from the controller. */
export interface ConnectionEvents {
  state: [state: ClusterState];
  notice: [text: string];
  /** Once, with the cause in words. */
  closed: [cause: string];
}

interface Pending {
  readonly options: TaskOptions;
  resolve(replies: Reply[]): void;
  reject(error: Error): void;
}

/** One connection; events as in ConnectionEvents. */
export class Connection extends EventEmitter<ConnectionEvents> {
  readonly #link: ControlLink;
  readonly #pending = new Map<number, Pending>();
  #state: ClusterState;
  #requests = 0;
  #cause: string | undefined;

  private constructor(link: ControlLink, state: ClusterState) {
    super();
    this.#link = link;
    this.#state = state;
  }

  /**
   * Connects to the controller of a cluster file, and waits for the first state.
   * @throws CLUSTER_NOT_FOUND if nobody answers there
   */
  static async open({ address, token, id }: ClusterFile): Promise<Connection> {
    const missing = (cause: unknown) =>
      new DecentLabError('CLUSTER_NOT_FOUND', { received: id }, { cause });
    const link = await dialControl({ address, token, maxPayload: MAX_MESSAGE_BYTES }).catch(
      (error: unknown) => Promise.reject(missing(error))
    );
    return new Promise((resolve, reject) => {
      let connection: Connection | undefined;
      link.onMessage(bytes => {
        const message = decodeMessage(bytes, isToClient);
        if (connection) connection.#receive(message);
        else if (message.type === 'state') {
          connection = new Connection(link, message.state);
          resolve(connection);
        }
      });
      link.onClose(cause => (connection ? connection.#end(cause) : reject(missing(cause))));
      link.send(encodeMessage({ type: 'hello', role: 'client' } satisfies FromClient));
    });
  }

  /** The state of the cluster as last heard. */
  get state(): ClusterState {
    return this.#state;
  }

  /** Why the connection has ended; undefined while it stands. */
  get cause(): string | undefined {
    return this.#cause;
  }

  /** Runs a task; resolves with the replies of all ranks, errors among them. @throws CLUSTER_ENDED */
  task(ranks: readonly number[], task: Task, options: TaskOptions): Promise<Reply[]> {
    return this.#request(options, request => ({ type: 'task', request, ranks: [...ranks], task }));
  }

  /** Replaces the processes of ranks. @throws CLUSTER_ENDED, or the error that kept an engine from starting */
  async restart(ranks: readonly number[]): Promise<void> {
    await this.#request({}, request => ({ type: 'restart', request, ranks: [...ranks] }));
  }

  /** Sends a message that has no answer. @throws CLUSTER_ENDED */
  send(message: FromClient): void {
    if (this.#cause !== undefined) throw this.#ended();
    this.#link.send(encodeMessage(message));
  }

  /** Leaves; the cluster goes on. */
  close(): void {
    this.#end('this client has left it');
    this.#link.close();
  }

  #request(options: TaskOptions, toMessage: (id: number) => FromClient): Promise<Reply[]> {
    const id = ++this.#requests;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { options, resolve, reject });
      try {
        this.send(toMessage(id));
      } catch (error) {
        this.#pending.delete(id);
        reject(error as Error);
      }
    });
  }

  #receive(message: ToClient): void {
    switch (message.type) {
      case 'output': {
        const { rank, outputs, request } = message;
        const onOutput = this.#pending.get(request)?.options.onOutput;
        for (const output of outputs) onOutput?.(rank, output);
        return;
      }
      case 'progress':
        return this.#pending.get(message.request)?.options.onFinished?.();
      case 'done':
        return this.#take(message.request)?.resolve(message.replies);
      case 'settled': {
        const pending = this.#take(message.request);
        if (message.error) return pending?.reject(toError(message.error));
        return pending?.resolve([]);
      }
      case 'state':
        this.#state = message.state;
        return void this.emit('state', message.state);
      case 'notice':
        return void this.emit('notice', message.text);
      case 'closed':
        return this.#end(message.reason);
    }
  }

  #take(request: number): Pending | undefined {
    const pending = this.#pending.get(request);
    this.#pending.delete(request);
    return pending;
  }

  #end(cause: string): void {
    if (this.#cause !== undefined) return;
    this.#cause = cause;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(this.#ended());
    this.emit('closed', cause);
  }

  #ended(): DecentLabError {
    return new DecentLabError('CLUSTER_ENDED', { id: this.#state.id, cause: this.#cause });
  }
}

function toError({ name, message }: { name: string; message: string }): Error {
  return Object.assign(new Error(message), { name });
}
