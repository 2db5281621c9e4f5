/** Tells the I/O thread of the cells that exchange something: all others, most of a notebook's, cost it nothing. */
import type { Soon } from '../../soon.js';
import type { LinkService } from './link-service.js';
import type { Remote } from './remote.js';
import type { LinkEvent, PendingCall } from './types.js';

export class ToldCells {
  readonly #remote: Remote<LinkService, LinkEvent>;
  /** A cell runs that the thread does not know of yet. */
  #isUntold = false;
  /** The thread has had to do with cells since it was told of an end. */
  #isInvolved = false;

  constructor(remote: Remote<LinkService, LinkEvent>) {
    this.#remote = remote;
  }

  /** A cell begins. */
  begin(): void {
    this.#isUntold = true;
  }

  /** Comes ahead of every message that concerns the calls of cells. */
  involve(): void {
    this.#isInvolved = true;
    if (!this.#isUntold) return;
    this.#isUntold = false;
    this.#remote.tell('beginCell');
  }

  /** The cell has ended. @returns its calls that still wait */
  end(isStopped: boolean): Soon<PendingCall[]> {
    this.#isUntold = false;
    if (!this.#isInvolved && !isStopped) return [];
    this.#isInvolved = false;
    return this.#remote.ask('endCell', isStopped).then(pending => {
      if (pending.length > 0) this.#isInvolved = true;
      return pending;
    });
  }
}
