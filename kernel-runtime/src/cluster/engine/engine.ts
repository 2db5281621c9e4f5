/** One engine: takes tasks from the controller, runs them, and exchanges with its peers meanwhile. */
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
}

export class Engine {
  readonly #parts: EngineParts;
  /** The end of the last task that was taken: tasks run one after another. */
  #last: Promise<void> = Promise.resolve();
  /** The request that runs now. */
  #request: number | null = null;

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
  disagree(reason: Reason): void {
    this.#send({ type: 'disagreement', request: this.#request, reason });
  }

  /** What this rank waits for longer than usual. */
  wait(waiting: Waiting | null): void {
    this.#send({ type: 'waiting', waiting });
  }

  #receive(message: ToEngine): void {
    const { communicator } = this.#parts;
    switch (message.type) {
      case 'task':
        this.#last = this.#last.then(() => this.#run(message));
        return;
      case 'epoch':
        return communicator.openEpoch(message.epoch, message.reason, message.lost);
      case 'peer-lost':
        return communicator.peerLost(message.rank);
      case 'peer-failed':
        return communicator.peerFailed(message.rank, message.error);
    }
  }

  async #run({ request, task }: EngineTask): Promise<void> {
    const { communicator, tasks } = this.#parts;
    this.#request = request;
    communicator.beginCell();
    const reply = await tasks.run(task, request);
    communicator.endCell();
    this.#request = null;
    this.#send({ type: 'reply', request, reply });
  }

  #send(message: FromEngine): void {
    this.#parts.link.send(encodeMessage(message));
  }
}
