/** One engine: runs the tasks that the controller sends one by one, and passes on what concerns its peers. */
import type { EngineCommunicator } from '../collectives/engine-communicator.js';
import type { ControlLink } from '../net/control.js';
import type { Output } from '../protocol/cell.js';
import { decodeMessage, encodeMessage } from '../protocol/codec.js';
import {
  isToEngine,
  type EngineTask,
  type FromEngine,
  type Reason,
  type ToEngine,
  type Waiting
} from '../protocol/engine-messages.js';
import type { Tasks } from './tasks.js';

export interface EngineParts {
  readonly link: ControlLink;
  readonly communicator: EngineCommunicator;
  readonly tasks: Tasks;
  /** The epoch to begin in. */
  readonly epoch: number;
}

export class Engine {
  readonly #parts: EngineParts;
  /** The request that runs now. */
  #request: number | null = null;
  #epoch: number;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#epoch = parts.epoch;
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
  disagree(reason: Reason): void {
    this.#send({ type: 'disagreement', request: this.#request, epoch: this.#epoch, reason });
  }

  /** What this rank waits for longer than usual. */
  wait(waiting: Waiting | null): void {
    this.#send({ type: 'waiting', waiting });
  }

  #receive(message: ToEngine): void {
    const { communicator } = this.#parts;
    switch (message.type) {
      case 'task':
        // At once: an epoch that ends by the next message has to find the cell running.
        return void this.#run(message);
      case 'epoch':
        this.#epoch = message.epoch;
        return communicator.openEpoch(message.epoch, message.reason, { lost: message.lost });
      case 'peer-lost':
        return communicator.peerLost(message.rank);
      case 'peer-failed':
        return communicator.peerFailed(message.rank, message.error, message.sent);
    }
  }

  async #run({ request, task }: EngineTask): Promise<void> {
    const { communicator, tasks } = this.#parts;
    this.#request = request;
    communicator.beginCell();
    const reply = await tasks.run(task, request);
    communicator.endCell();
    this.#request = null;
    this.#send({ type: 'reply', request, reply, sent: communicator.sent() });
  }

  #send(message: FromEngine): void {
    this.#parts.link.send(encodeMessage(message));
  }
}
