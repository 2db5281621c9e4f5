/** A mutex that ranks ask for by messages: first come, first served; what a rank holds or waits for ends with the rank. */

/** One rank's request, known by its number. */
export interface Ticket {
  readonly rank: number;
  readonly id: number;
  granted(): void;
  /** The window is freed: nobody will be granted any more. */
  refused(): void;
}

export class FairMutex {
  #holder: Ticket | undefined;
  #queue: Ticket[] = [];

  /** Grants the ticket when those before it are done. */
  lock(ticket: Ticket): void {
    this.#queue.push(ticket);
    this.#next();
  }

  /** Does `ticket.granted()` as one holder among the others; at once if the ticket's rank holds the mutex itself. */
  pass(ticket: Ticket): void {
    if (this.#holder?.rank === ticket.rank) return ticket.granted();
    this.lock({
      ...ticket,
      granted: () => {
        ticket.granted();
        this.release(ticket);
      }
    });
  }

  /** Ends a ticket, whether it holds the mutex or still waits. */
  release({ rank, id }: Pick<Ticket, 'rank' | 'id'>): void {
    this.#drop(ticket => ticket.rank === rank && ticket.id === id);
  }

  /** A rank is gone. */
  leave(rank: number): void {
    this.#drop(ticket => ticket.rank === rank);
  }

  /** Refuses all who wait. */
  close(): void {
    this.#holder = undefined;
    for (const ticket of this.#queue.splice(0)) ticket.refused();
  }

  #drop(isOver: (ticket: Ticket) => boolean): void {
    this.#queue = this.#queue.filter(ticket => !isOver(ticket));
    if (this.#holder && isOver(this.#holder)) this.#holder = undefined;
    this.#next();
  }

  #next(): void {
    if (this.#holder) return;
    this.#holder = this.#queue.shift();
    this.#holder?.granted();
  }
}
