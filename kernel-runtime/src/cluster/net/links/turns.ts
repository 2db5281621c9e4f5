/** Work of which only some is under way at once. */
import { atTurnsEnd } from '../turn.js';

interface Waiting {
  readonly place: number;
  readonly work: () => Promise<void>;
}

export class Turns {
  #free: number;
  #waiting: Waiting[] = [];
  readonly #fill = (): void => this.#begin();

  /** @param atOnce how much may be under way */
  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Takes work, which begins at the end of this turn or when there is room. @param work never rejects; the lowest place is next */
  take(place: number, work: () => Promise<void>): void {
    this.#waiting.push({ place, work });
    atTurnsEnd(this.#fill);
  }

  #begin(): void {
    this.#waiting.sort((a, b) => a.place - b.place);
    for (const { work } of this.#waiting.splice(0, this.#free)) {
      this.#free--;
      void work().then(() => {
        this.#free++;
        this.#begin();
      });
    }
  }
}
