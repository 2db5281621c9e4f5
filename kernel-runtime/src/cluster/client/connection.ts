/** The connection of a client to the controller: requests and their ends, outputs, news. */
import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';

import { DecentLabError } from '../../errors.js';
import { isRunnable } from '../../platform.js';
import { Matrix } from '../../mathematics/math/matrix.js';
import type { Output } from '../protocol/cell.js';
import {
  isToClient,
  type FromClient,
  type Healed,
  type ToClient
} from '../protocol/client-messages.js';
import type { ClusterFile } from '../protocol/cluster-file.js';
import { decodeMessage, encodeMessage, MAX_MESSAGE_BYTES } from '../protocol/codec.js';
import type { Payload } from '../protocol/payload.js';
import type { ClusterState } from '../protocol/state.js';
import type { EngineStats } from '../protocol/stats.js';
import type { Reply, Task } from '../protocol/task.js';
import { dialControl, type ControlLink } from '../net/control.js';
import { Payloads } from '../net/payloads.js';

export interface TaskOptions {
  onOutput?: (rank: number, output: Output) => void;
  /** Called for each rank that is done. */
  onFinished?: (rank: number) => void;
}

/** What is heard from the controller. */
export interface ConnectionEvents {
  state: [state: ClusterState];
  /** `isOwn`: it concerns a request of this client, and no other client hears of it. */
  notice: [text: string, isOwn: boolean];
  /** What an engine tells of itself, after `watch`. */
  stats: [rank: number, stats: EngineStats];
  /** Once, with the cause in words. */
  closed: [cause: string];
}

/** Late outputs of older requests are dropped. */
const REMEMBERED_REQUESTS = 200;

/** How a request has ended. */
interface End {
  readonly replies: Reply[];
  readonly healed?: Healed;
}

/** Who hears of a request. */
interface Listener {
  readonly onOutput?: TaskOptions['onOutput'];
  readonly onFinished?: (ranks: readonly number[]) => void;
}

interface Pending {
  readonly listener: Listener;
  readonly ranks: readonly number[];
  /** By rank, ahead of the replies. */
  readonly values: Map<number, Payload>;
  /** Ranks that are done. */
  readonly finished: Set<number>;
  resolve(end: End): void;
  reject(error: Error): void;
}

/** One connection; events as in ConnectionEvents. */
export class Connection extends EventEmitter<ConnectionEvents> {
  /** The values that travel to the engines of this cluster and back. */
  readonly payloads: Payloads;
  readonly #link: ControlLink;
  readonly #pending = new Map<number, Pending>();
  /** Who hears the outputs of a request, also late ones of timers that it has left behind. */
  readonly #listeners = new Map<number, TaskOptions['onOutput']>();
  #state: ClusterState;
  #requests = 0;
  /** Resolves when all tasks up to now are sent. */
  #turn: Promise<void> = Promise.resolve();
  #cause: string | undefined;
  /** What calls are told, if the cluster has not simply ended. */
  #error: DecentLabError | undefined;

  private constructor(link: ControlLink, state: ClusterState, folder: string) {
    super();
    this.payloads = new Payloads(folder, Matrix);
    this.#link = link;
    this.#state = state;
  }

  /**
   * Connects to the controller of a cluster file, and waits for the first state.
   * @param isWatching whether the cluster may end by its idle limit meanwhile. Defaults to false
   * @throws CLUSTER_NOT_FOUND if nobody answers there
   */
  static async open(file: ClusterFile, isWatching = false): Promise<Connection> {
    const { address, token, id, folder, pid, heartbeat } = file;
    const missing = (cause: unknown) =>
      new DecentLabError('CLUSTER_NOT_FOUND', { received: id }, { cause });
    // On a machine with too much to do it waits for its turn; a frozen one does not.
    const isExcused = (): boolean => isRunnable(pid);
    const whereTo = { address, token, maxPayload: MAX_MESSAGE_BYTES, isExcused };
    const link = await dialControl(whereTo).catch((error: unknown) =>
      Promise.reject(missing(error))
    );
    return new Promise((resolve, reject) => {
      let connection: Connection | undefined;
      link.onMessage(bytes => {
        const message = decodeMessage(bytes, isToClient);
        if (connection) connection.#receive(message);
        else if (message.type === 'state') {
          connection = new Connection(link, message.state, folder);
          resolve(connection);
        }
      });
      link.onClose(cause => (connection ? connection.#end(cause) : reject(missing(cause))));
      link.demandLife({
        limit: heartbeat,
        isExcused,
        onSilent(elapsed) {
          const cause = `no sign of life for ${(elapsed / 1000).toFixed(1)} s`;
          const silent = new DecentLabError('CONTROLLER_SILENT', { id, pid, cause });
          if (connection) connection.#end(cause, silent);
          else reject(silent);
        }
      });
      link.send(encodeMessage({ type: 'hello', role: 'client', isWatching } satisfies FromClient));
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

  /**
   * Runs a task; resolves with the replies of all ranks, errors among them. Tasks that take time to prepare are still
   * sent in the order of these calls.
   * @throws CLUSTER_ENDED, and what the preparation throws
   */
  async task(
    ranks: readonly number[],
    prepared: Promise<Task>,
    options: TaskOptions
  ): Promise<Reply[]> {
    prepared.catch(() => undefined);
    const { onOutput, onFinished } = options;
    // What the engines print belongs to the cell that asked, not to the one in which the connection was opened.
    const bound: Listener = {
      ...(onOutput && { onOutput: AsyncResource.bind(onOutput) }),
      ...(onFinished && {
        onFinished: AsyncResource.bind((done: readonly number[]) => {
          for (const rank of done) onFinished(rank);
        })
      })
    };
    const sent = this.#turn
      .then(() => prepared)
      .then(task => {
        const toMessage = (request: number, own: number[]): FromClient => {
          return { type: 'task', request, ranks: own, task };
        };
        return { end: this.#request(ranks, bound, toMessage) };
      });
    this.#turn = sent.then(
      () => undefined,
      () => undefined
    );
    return (await (await sent).end).replies;
  }

  /** Replaces the processes of ranks. @throws CLUSTER_ENDED, or the error that kept an engine from starting */
  async restart(ranks: readonly number[]): Promise<void> {
    await this.#request(ranks, {}, (request, own) => {
      return { type: 'restart', request, ranks: own };
    });
  }

  /** Lets the graph go around ranks that cannot be reached. @throws CLUSTER_ENDED */
  async heal(): Promise<Healed> {
    const { healed } = await this.#request([], {}, request => ({ type: 'heal', request }));
    return healed ?? { absent: [], topology: null };
  }

  /** Sends a message that has no answer. @throws CLUSTER_ENDED */
  send(message: FromClient): void {
    if (this.#cause !== undefined) throw this.#ended();
    this.#link.send(encodeMessage(message));
  }

  /** As send, after the tasks that were begun before: a Stop must not overtake the cell that it is meant for. */
  async sendInTurn(message: FromClient): Promise<void> {
    await this.#turn;
    this.send(message);
  }

  /** Leaves; the cluster goes on. */
  close(): void {
    this.#end('this client has left it');
    this.#link.close();
  }

  #request(
    ranks: readonly number[],
    listener: Listener,
    toMessage: (id: number, ranks: number[]) => FromClient
  ): Promise<End> {
    const id = ++this.#requests;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, {
        listener,
        ranks,
        values: new Map(),
        finished: new Set(),
        resolve,
        reject
      });
      if (listener.onOutput) this.#listeners.set(id, listener.onOutput);
      this.#listeners.delete(id - REMEMBERED_REQUESTS);
      try {
        this.send(toMessage(id, [...ranks]));
      } catch (error) {
        this.#pending.delete(id);
        reject(error);
      }
    });
  }

  #receive(message: ToClient): void {
    switch (message.type) {
      case 'output': {
        const { rank, outputs, request } = message;
        const onOutput = this.#listeners.get(request);
        for (const output of outputs) onOutput?.(rank, output);
        return;
      }
      case 'progress': {
        const { request, ranks, values } = message;
        const pending = this.#pending.get(request);
        for (const [k, value] of values.entries()) {
          if (value && pending) pending.values.set(ranks[k], value);
          else if (value) this.payloads.discard(value);
        }
        return pending && finish(pending, ranks);
      }
      case 'done': {
        const pending = this.#take(message.request);
        if (!pending) return;
        finish(pending, pending.ranks);
        return pending.resolve({ replies: this.#withValues(message.replies, pending) });
      }
      case 'settled': {
        const pending = this.#take(message.request);
        const { error, reason, healed } = message;
        if (reason) return pending?.reject(new DecentLabError(reason.code, reason.detail));
        if (error) return pending?.reject(toError(error));
        return pending?.resolve({ replies: [], ...(healed && { healed }) });
      }
      case 'state':
        this.#state = message.state;
        return void this.emit('state', message.state);
      case 'notice':
        return void this.emit('notice', message.text, message.request !== null);
      case 'stats':
        return void this.emit('stats', message.rank, message.stats);
      case 'closed':
        return this.#end(message.reason);
    }
  }

  /** The replies with the values that came ahead of them; a rank may have failed after all. */
  #withValues(replies: readonly Reply[], { ranks, values }: Pending): Reply[] {
    return replies.map((reply, k) => {
      const value = values.get(ranks[k]);
      if (!value) return reply;
      if (reply.status === 'ok') return { ...reply, value };
      this.payloads.discard(value);
      return reply;
    });
  }

  #take(request: number): Pending | undefined {
    const pending = this.#pending.get(request);
    this.#pending.delete(request);
    return pending;
  }

  #end(cause: string, error?: DecentLabError): void {
    if (this.#cause !== undefined) return;
    this.#cause = cause;
    this.#error = error;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject, values } of pending) {
      for (const value of values.values()) this.payloads.discard(value);
      reject(this.#ended());
    }
    this.emit('closed', cause);
  }

  #ended(): DecentLabError {
    if (this.#error) return this.#error;
    return new DecentLabError('CLUSTER_ENDED', { id: this.#state.id, cause: this.#cause });
  }
}

function finish({ finished, listener }: Pending, ranks: readonly number[]): void {
  const news = ranks.filter(rank => !finished.has(rank));
  for (const rank of news) finished.add(rank);
  if (news.length > 0) listener.onFinished?.(news);
}

function toError({ name, message }: { name: string; message: string }): Error {
  return Object.assign(new Error(message), { name });
}
