/** Ends a cluster that nobody is connected to: nothing remains after a notebook server has gone. */

/** Milliseconds that whoever has started a cluster has for its connection, on a machine with too much to do. */
const FIRST_CLIENT_MS = 10_000;

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

  /** The cluster is ready for clients: from now on the limit counts, though no shorter one than the first client needs. */
  begin(): void {
    if (this.#clients === 0) this.#wait(Math.max(this.#limit, FIRST_CLIENT_MS));
  }

  enter(): void {
    this.#clients++;
    clearTimeout(this.#timer);
  }

  leave(): void {
    this.#clients--;
    if (this.#clients === 0) this.#wait(this.#limit);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #wait(limit: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onIdle, limit);
  }
}
