/**
 * A time limit that is no shorter for a process which is late itself: it is counted in steps, after each of which what has
 * come is read, and at its end what came in time still counts.
 */

/** Enough for a process that is late each time to connect, to ask, and to read the answer. */
const STEPS = 5;

export class Limit {
  #isOver = false;
  readonly #timer: NodeJS.Timeout;

  /** @param isExcused whether the other side is only slow at the end of the limit, which then begins anew. Defaults to never */
  constructor(milliseconds: number, onLate: () => void, isExcused = (): boolean => false) {
    let steps = 0;
    this.#timer = setTimeout(() => {
      const isLate = ++steps % STEPS === 0 && !isExcused();
      if (!isLate) this.#timer.refresh();
      // Timers come before what sockets hold; an immediate comes after it.
      else setImmediate(() => this.#isOver || onLate());
    }, milliseconds / STEPS);
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
