/**
 * What happens when, exactly, although timers are not exact: whatever is due happens in the order of its time and is told
 * that time, so that a late timer delays nothing that follows from it.
 */

/** A time, and a way to be woken at another. */
export interface Clock {
  /** In ms; never goes back. What several processes share is the same for all. */
  now(): number;
  /** Calls soon after `time`, unless it is asked again or cancelled before. */
  wake(time: number, call: () => void): void;
  cancel(): void;
  /** What is due within so many ms may happen at once: timers would be later than that. */
  readonly early: number;
}

interface Due {
  readonly at: number;
  /** Of two at one time, the first comes first. */
  readonly order: number;
  readonly run: (at: number) => void;
}

export class Events {
  readonly #clock: Clock;
  /** A heap: each is not later than the two behind it. */
  readonly #heap: Due[] = [];
  #count = 0;
  /** The time of what happens now, while something does. */
  #at: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The time: of what happens now, else of the clock. */
  time(): number {
    return this.#at ?? this.#clock.now();
  }

  /** Something happens now: behind all that was due before, and before what it brings about. */
  happen(run: (now: number) => void): void {
    if (this.#at !== undefined) return run(this.#at);
    const now = this.#clock.now();
    this.#catchUp(now);
    this.#do(run, now);
    this.#catchUp(now);
    this.#wait();
  }

  /** Something happens then, and is told the time. */
  at(time: number, run: (at: number) => void): void {
    push(this.#heap, { at: time, order: this.#count++, run });
    if (this.#at === undefined) this.#wait();
  }

  close(): void {
    this.#heap.length = 0;
    this.#clock.cancel();
  }

  #catchUp(now: number): void {
    while (this.#heap.length > 0 && this.#heap[0].at <= now + this.#clock.early) {
      const { at, run } = pop(this.#heap);
      this.#do(run, at);
    }
  }

  #do(run: (at: number) => void, at: number): void {
    this.#at = at;
    try {
      run(at);
    } finally {
      this.#at = undefined;
    }
  }

  #wait(): void {
    if (this.#heap.length === 0) return this.#clock.cancel();
    this.#clock.wake(this.#heap[0].at, () => {
      this.#catchUp(this.#clock.now());
      this.#wait();
    });
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function push(heap: Due[], due: Due): void {
  let at = heap.push(due) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(due, heap[above])) break;
    heap[at] = heap[above];
    at = above;
  }
  heap[at] = due;
}

function pop(heap: Due[]): Due {
  const first = heap[0];
  const last = heap.pop()!;
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && isBefore(heap[below + 1], heap[below])) below += 1;
    if (!isBefore(heap[below], last)) break;
    heap[at] = heap[below];
    at = below;
  }
  heap[at] = last;
  return first;
}

/**
 * The clock of this machine, the same in all of its processes and threads. Timers are right to a millisecond or so, which
 * is shared out before and behind.
 */
export class RealClock implements Clock {
  readonly early = 0.5;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #waking = Infinity;
  #call: () => void = () => undefined;
  readonly #ring = (): void => {
    this.#waking = Infinity;
    this.#call();
  };

  now(): number {
    // `performance.now` counts from the start of its own thread.
    return Number(process.hrtime.bigint()) / 1e6;
  }

  wake(time: number, call: () => void): void {
    this.#call = call;
    if (time === this.#waking) return;
    this.cancel();
    this.#waking = time;
    const delay = time - this.now() - this.early;
    // A timer takes a millisecond at least.
    if (delay <= 0) this.#immediate = setImmediate(this.#ring);
    else this.#timer = setTimeout(this.#ring, delay);
  }

  cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#waking = Infinity;
  }
}
