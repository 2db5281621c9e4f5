/** The requests of clients: each runs when its ranks are free, and ends when all of them have replied. */
import type { CellError, Output } from '../protocol/cell.js';
import type { TaskRequest } from '../protocol/client-messages.js';
import { encodeMessage } from '../protocol/codec.js';
import type { EngineReply, ToEngine } from '../protocol/engine-messages.js';
import type { Reason } from '../protocol/reason.js';
import type { Reply, Task } from '../protocol/task.js';
import type { Client } from './clients.js';
import type { Epochs } from './epochs.js';
import type { Registry } from './registry.js';
import { RequestProgress } from './request-progress.js';
import { lostReply, withDisagreement, withLostRank, type LostEngine } from './replies.js';
import type { Verdicts } from './verdicts.js';

/** One request of a client. */
export interface Request {
  /** Ours; the client's own number is `number`. */
  readonly id: number;
  readonly client: Client;
  readonly number: number;
  readonly ranks: readonly number[];
  readonly task: Task;
  readonly replies: Map<number, Reply>;
  readonly progress: RequestProgress;
  isRunning: boolean;
  isInterrupted: boolean;
  /** Why the ranks cannot agree, if they cannot. */
  reason: Reason | null;
  /** The first rank that was lost meanwhile, as it was then. */
  lost: LostEngine | null;
  /** The first rank that failed by itself, with its error in words. */
  cause: string | null;
}

/** Late outputs of older requests are dropped. */
const REMEMBERED_REQUESTS = 200;
/** Errors that a rank does not have by itself. */
const CONSEQUENCES = new Set(['DISAGREEMENT', 'PEER_FAILED', 'PEER_LOST', 'ENGINE_REPLACED']);

type RankReply = Pick<EngineReply, 'reply' | 'sent'>;

interface RankFailure {
  readonly rank: number;
  readonly error: CellError;
  readonly sent: readonly number[];
}

export class Requests {
  readonly #registry: Registry;
  readonly #epochs: Epochs;
  readonly #verdicts: Verdicts;
  readonly #requests = new Map<number, Request>();
  /** Where late outputs go: a timer may outlive its cell. */
  readonly #ended = new Map<number, Pick<Request, 'client' | 'number'>>();
  #count = 0;

  constructor(registry: Registry, epochs: Epochs, verdicts: Verdicts) {
    this.#registry = registry;
    this.#epochs = epochs;
    this.#verdicts = verdicts;
  }

  /** The request that a rank works on. */
  runningOn(rank: number): Request | undefined {
    return [...this.#requests.values()].find(
      ({ isRunning, ranks, replies }) => isRunning && ranks.includes(rank) && !replies.has(rank)
    );
  }

  /** Takes a request; it starts as soon as no earlier one needs its ranks. */
  add(client: Client, { request: number, ranks, task }: TaskRequest): void {
    const id = ++this.#count;
    if (task.kind === 'push') client.carry(task.values);
    if (task.kind === 'apply') client.carry(task.args);
    this.#requests.set(id, {
      ...{ id, client, number, ranks, task, replies: new Map() },
      progress: new RequestProgress((done, values) =>
        client.send({ type: 'progress', request: number, ranks: done, values })
      ),
      ...{ isRunning: false, isInterrupted: false, reason: null, lost: null, cause: null }
    });
    this.startWhatCan();
  }

  output(rank: number, id: number, outputs: Output[]): void {
    const request = this.#requests.get(id) ?? this.#ended.get(id);
    request?.client.send({ type: 'output', request: request.number, rank, outputs });
  }

  /** A rank is done with a request. */
  reply(rank: number, id: number, { reply, sent }: RankReply): void {
    this.#registry.finish(rank, id);
    const request = this.#requests.get(id);
    if (!request || request.replies.has(rank)) return this.startWhatCan();
    this.#answer(rank, request, { reply, sent });
  }

  #answer(rank: number, request: Request, { reply, sent }: RankReply): void {
    if (request.replies.has(rank)) return;
    // The value goes on, and only the verdict waits for the other ranks.
    const { value, ...verdict } = reply.status === 'ok' ? reply : { ...reply, value: undefined };
    request.replies.set(rank, verdict);
    const isLast = request.replies.size === request.ranks.length;
    if (value) request.client.carry(value);
    request.progress.finished(rank, value ?? null);
    if (reply.status === 'error') this.#failed(request, { rank, error: reply.error, sent });
    if (isLast) this.#conclude(request);
  }

  /** Two ranks of a request cannot agree: it fails on all its ranks, with one text. */
  disagree(id: number | null, reason: Reason): void {
    const request = id === null ? undefined : this.#requests.get(id);
    if (request?.reason) return;
    if (request) request.reason = reason;
    this.#epochs.open(request?.ranks ?? this.#registry.alive.map(({ rank }) => rank), reason);
  }

  /** The process of a rank is gone, or silent. */
  lose(rank: number): void {
    const lost = this.#registry.engines[rank];
    const isSilent = lost.condition === 'silent';
    this.#epochs.soil(this.#registry.engines.map(engine => engine.rank));
    for (const engine of this.#registry.alive)
      if (engine !== lost) engine.send({ type: 'peer-lost', rank, isSilent });
    for (const request of [...this.#requests.values()]) {
      if (!request.isRunning) continue;
      request.lost ??= { rank, condition: lost.condition, detail: lost.detail };
      if (hasAllReplies(request)) this.#finish(request);
      else if (request.ranks.includes(rank)) this.#giveUp(rank, request);
    }
  }

  /** A rank that was silent is back: what it still works on has been given up. */
  resume(rank: number): void {
    const { tasks, process } = this.#registry.engines[rank];
    for (const id of tasks) process?.interrupt(id);
    this.startWhatCan();
  }

  /** Stops what ranks run. */
  interrupt(ranks: readonly number[]): void {
    for (const request of [...this.#requests.values()])
      if (request.ranks.some(rank => ranks.includes(rank)) && hasAllReplies(request))
        this.#finish(request);
    for (const rank of ranks) {
      const request = this.runningOn(rank);
      if (!request) continue;
      request.isInterrupted = true;
      this.#registry.engines[rank].process?.interrupt(request.id);
    }
  }

  /** Starts requests in their order; one whose ranks are needed by an earlier one, or come soon, waits. */
  startWhatCan(): void {
    const taken = new Set<number>();
    for (const request of [...this.#requests.values()]) {
      const isFree = !request.ranks.some(rank => taken.has(rank) || this.#isComing(rank));
      for (const rank of request.ranks) taken.add(rank);
      if (isFree && !request.isRunning) this.#start(request);
    }
  }

  /** Its process is being replaced, or stops what was given up while it was silent. */
  #isComing(rank: number): boolean {
    const { condition, tasks, isOnItsWay } = this.#registry.engines[rank];
    if (condition === 'silent') return false;
    const isStopping = [...tasks].some(id => this.#requests.get(id)?.replies.has(rank) ?? true);
    return isOnItsWay || isStopping;
  }

  #start(request: Request): void {
    const { id, ranks, task } = request;
    request.isRunning = true;
    const { engines } = this.#registry;
    const alive = ranks.filter(rank => engines[rank].isPresent);
    this.#epochs.align(alive);
    const bytes = encodeMessage({ type: 'task', request: id, task } satisfies ToEngine);
    for (const rank of alive) {
      this.#registry.begin(rank, id);
      engines[rank].sendBytes(bytes);
    }
    for (const rank of ranks) if (!alive.includes(rank)) this.#giveUp(rank, request);
    if (ranks.length === 0) this.#finish(request);
  }

  /** The reply of a rank that can give none. */
  #giveUp(rank: number, request: Request): void {
    this.#answer(rank, request, { reply: lostReply(this.#registry.engines[rank]), sent: [] });
  }

  /** The other ranks of the request need not wait for this one. */
  #failed(request: Request, { rank, error, sent }: RankFailure): void {
    const isOwn = !CONSEQUENCES.has(error.code ?? '');
    if (isOwn) request.cause ??= `rank ${rank}, which ended: ${error.name}: ${error.message}`;
    if (request.isInterrupted) return;
    const isLost = error.code === 'PEER_LOST' || error.code === 'ENGINE_REPLACED';
    if (isLost && !this.#registry.engines[rank].isPresent) return;
    const text =
      isLost && request.lost
        ? `it needs rank ${request.lost.rank}, whose process has ended or is silent`
        : isOwn || request.cause === null
          ? `${error.name}: ${error.message}`
          : `it waited for ${request.cause}`;
    for (const other of request.ranks)
      if (!request.replies.has(other))
        this.#registry.engines[other].send({
          type: 'peer-failed',
          rank,
          error: text,
          sent: sent[other] ?? 0
        });
  }

  /** All ranks have replied. Where one did not hear another, it may be plain only later which of them is cut off. */
  #conclude(request: Request): void {
    const { lost, reason, replies, isInterrupted } = request;
    const isOfLost = [...replies.values()].some(
      reply => reply.status === 'error' && reply.error.code === 'PEER_LOST'
    );
    const isPlain = !isOfLost || lost !== null || reason !== null || isInterrupted;
    const verdict = isPlain ? null : this.#verdicts.pending;
    if (verdict) void verdict.then(() => this.#finish(request));
    else this.#finish(request);
  }

  #finish(request: Request): void {
    const { id, client, number, ranks, reason, lost, cause } = request;
    if (!this.#requests.delete(id)) return;
    request.progress.end();
    this.#ended.set(id, { client, number });
    this.#ended.delete(id - REMEMBERED_REQUESTS);
    const { engines } = this.#registry;
    const replies = ranks.map(rank => {
      const reply = request.replies.get(rank) ?? lostReply(engines[rank]);
      if (reason) return withDisagreement(reply, reason);
      return lost !== null && cause === null ? withLostRank(reply, lost) : reply;
    });
    const hasFailed = replies.some(({ status }) => status === 'error');
    if (hasFailed || request.isInterrupted) this.#epochs.soil(ranks);
    client.finish({ type: 'done', request: number, replies });
    this.startWhatCan();
  }
}

function hasAllReplies({ ranks, replies }: Request): boolean {
  return replies.size === ranks.length;
}
