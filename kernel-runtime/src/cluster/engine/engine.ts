/** One engine: runs the tasks that the controller sends one by one, and passes on what concerns its peers. */
import { andThen, type Soon } from '../../soon.js';
import { cellTime } from '../collectives/activity.js';
import type { EngineCommunicator } from '../collectives/engine-communicator.js';
import type { ControlLink } from '../net/control.js';
import type { Output } from '../protocol/cell.js';
import { decodeMessage, encodeMessage } from '../protocol/codec.js';
import {
  isToEngine,
  type EngineTask,
  type FromEngine,
  type ToEngine,
  type Waiting
} from '../protocol/engine-messages.js';
import type { Reason } from '../protocol/reason.js';
import type { Reply } from '../protocol/task.js';
import { isPackedTopology } from '../protocol/topology.js';
import type { StatsWatch } from './stats-watch.js';
import type { Tasks } from './tasks.js';

/** Topologies that follow each other within this time are told once, in milliseconds. */
const TOPOLOGY_INTERVAL_MS = 50;

export interface EngineParts {
  readonly link: ControlLink;
  readonly communicator: EngineCommunicator;
  readonly tasks: Tasks;
  readonly stats: StatsWatch;
}

export class Engine {
  readonly #parts: EngineParts;
  /** The request that runs now. */
  #request: number | null = null;
  #topologyTimer: NodeJS.Timeout | undefined;
  /** Who waits for the time of the controller, oldest first. */
  readonly #clockQuestions: ((time: number) => void)[] = [];

  constructor(parts: EngineParts) {
    this.#parts = parts;
    parts.link.onMessage(bytes => this.#receive(decodeMessage(bytes, isToEngine)));
  }

  /**
   * An output of a cell; prints of an earlier cell still belong to it. It leaves at once, since a cell that computes
   * lets no timer run; printed text comes in large pieces already.
   */
  output(output: Output, runId: string | undefined): void {
    const request = runId === undefined ? this.#request : Number(runId);
    if (request !== null) this.#send({ type: 'output', request, outputs: [output] });
  }

  /** A call of this rank cannot meet the call of a peer. */
  disagree(reason: Reason, epoch: number): void {
    this.#send({ type: 'disagreement', request: this.#request, epoch, reason });
  }

  /** The link with a peer is silent, or is not any more. */
  tellOfPeer(type: 'peer-silent' | 'peer-heard', rank: number): void {
    this.#send({ type, rank });
  }

  /** The rank has another topology: told soon, since a loop may set one in each turn. */
  tellTopology(): void {
    this.#topologyTimer ??= setTimeout(() => this.#flushTopology(), TOPOLOGY_INTERVAL_MS).unref();
  }

  /** The time of the controller's clock when it heard the question, in ms. */
  askTime(): Promise<number> {
    return new Promise(resolve => {
      this.#clockQuestions.push(resolve);
      this.#send({ type: 'clock' });
    });
  }

  /** What this rank waits for longer than usual. */
  wait(waiting: Waiting | null): void {
    this.#send({ type: 'waiting', waiting });
  }

  #receive(message: ToEngine): void {
    const { communicator, stats } = this.#parts;
    switch (message.type) {
      case 'task':
        // At once: an epoch that ends by the next message has to find the cell running.
        return this.#run(message);
      case 'epoch':
        return communicator.openEpoch(message.epoch, message.reason, message);
      case 'peer-lost':
        return communicator.peerLost(message.rank, message.isSilent);
      case 'places':
        return communicator.learnPlaces(message.places);
      case 'watch':
        return stats.set(message.isOn ? message.wanted : null, told =>
          this.#send({ type: 'stats', stats: told })
        );
      case 'peer-failed':
        return communicator.peerFailed(message.rank, message.error, message.sent);
      case 'clock':
        return this.#clockQuestions.shift()?.(message.time);
    }
  }

  #run({ request, task }: EngineTask): void {
    const { communicator, tasks } = this.#parts;
    this.#request = request;
    communicator.beginCell();
    if (task.kind === 'execute') cellTime.begin(task.cell.name);
    if (task.kind === 'apply') cellTime.begin('apply');
    void andThen(tasks.run(task, request), reply => this.#reply(request, reply));
  }

  #reply(request: number, reply: Reply): Soon<void> {
    const { communicator } = this.#parts;
    cellTime.end();
    const hasFailed = reply.status === 'error';
    const isStopped = hasFailed && reply.error.name === 'Interrupted';
    // Only those who wait for a cell that has failed have to know what it had sent.
    const sent = andThen<unknown, number[]>(communicator.endCell({ isStopped }), () =>
      hasFailed ? communicator.sent() : []
    );
    return andThen(sent, counts => {
      this.#request = null;
      this.#flushTopology();
      this.#send({ type: 'reply', request, reply, sent: counts });
    });
  }

  #flushTopology(): void {
    if (!this.#topologyTimer) return;
    clearTimeout(this.#topologyTimer);
    this.#topologyTimer = undefined;
    const topology = this.#parts.communicator.packedTopology();
    // Weights that are no numbers are an error of the next exchange, not of the controller.
    if (isPackedTopology(topology)) this.#send({ type: 'topology', topology });
  }

  #send(message: FromEngine): void {
    this.#parts.link.send(encodeMessage(message));
  }
}
