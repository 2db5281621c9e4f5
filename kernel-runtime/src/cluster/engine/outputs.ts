/** Outputs on their way to the controller: what comes in quick succession travels together. */
import type { Output } from '../protocol/cell.js';

/** How long an output may wait for more, in milliseconds. */
const BATCH_MS = 20;
/** A cell that computes without a pause never lets a timer run: it sends when this many wait. */
const BATCH_LENGTH = 100;

export class Outputs {
  readonly #send: (request: number, outputs: Output[]) => void;
  #waiting: Output[] = [];
  #request = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastFlush = 0;

  constructor(send: (request: number, outputs: Output[]) => void) {
    this.#send = send;
  }

  add(request: number, output: Output): void {
    if (request !== this.#request) this.flush();
    this.#request = request;
    this.#waiting.push(output);
    // The first one leaves at once: a cell that then computes without a pause shows that it has begun.
    const isLate = performance.now() - this.#lastFlush > BATCH_MS;
    const isFull = this.#waiting.length >= BATCH_LENGTH;
    if (isFull || isLate) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  /** Sends what waits: before a reply, and when it is time. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastFlush = performance.now();
    const outputs = this.#waiting;
    this.#waiting = [];
    if (outputs.length > 0) this.#send(this.#request, outputs);
  }
}
