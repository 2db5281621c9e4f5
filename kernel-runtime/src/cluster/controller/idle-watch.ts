/** Ends a cluster that nobody is connected to: nothing remains after a notebook server has gone. */

export class IdleWatch {
  readonly #limit: number;
  readonly #onIdle: () => void;
  #clients = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param limit milliseconds without a client */
  constructor(limit: number, onIdle: () => void) {
    this.#limit = limit;
    this.#onIdle = onIdle;
  }

  /** The cluster is ready for clients: from now on the limit counts. */
  begin(): void {
    if (this.#clients === 0) this.#wait();
  }

  enter(): void {
    this.#clients++;
    clearTimeout(this.#timer);
  }

  leave(): void {
    this.#clients--;
    if (this.#clients === 0) this.#wait();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onIdle, this.#limit);
  }
}
