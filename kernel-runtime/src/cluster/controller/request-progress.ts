/** Tells a client which ranks are done, if the others take longer: of a short cell, the end says it all. */

/** In milliseconds. */
const PATIENCE_MS = 20;

export class RequestProgress {
  readonly #tell: (rank: number) => void;
  #finished: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param tell told of each rank that is done, soon after it is */
  constructor(tell: (rank: number) => void) {
    this.#tell = tell;
  }

  /** A rank is done. */
  finished(rank: number): void {
    this.#finished.push(rank);
    this.#timer ??= setTimeout(() => this.#flush(), PATIENCE_MS);
  }

  /** All ranks are done. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #flush(): void {
    this.#timer = undefined;
    for (const rank of this.#finished.splice(0)) this.#tell(rank);
  }
}
