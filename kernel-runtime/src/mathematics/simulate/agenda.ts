/**
 * What is still to happen in a simulation with one-sided calls, in the order of simulated time. Things of the same time
 * happen in an order drawn from a seed: over free links, every message may be late.
 */
import { random, type RandomStream } from '../math/random.js';

/** Lower keys happen first: earlier ones, then those of the lower place in the drawn order. */
type Key = readonly [at: number, place: number, count: number];

/** An event may be overtaken by as many later ones of the same time, and by no more: nothing waits for ever. */
const MOST_OVERTAKING = 100;

interface Event {
  readonly key: Key;
  happen(): void;
}

export class Agenda {
  /** When the latest event happened, in simulated ms. */
  now = 0;
  readonly #chance: RandomStream;
  /** A binary heap, the next event on top. */
  readonly #events: Event[] = [];
  /** By sequence: its latest event. */
  readonly #latest = new Map<string, Key>();
  #count = 0;
  #isRunning = false;

  constructor(seed: number) {
    this.#chance = random(seed);
  }

  /** So many events are still to happen. */
  get size(): number {
    return this.#events.length;
  }

  /** Lets `happen` be called at a time in ms, but after the earlier events of the same sequence. */
  add(sequence: string, at: number, happen: () => void): void {
    const count = (this.#count += 1);
    const drawn: Key = [at, count + MOST_OVERTAKING * this.#chance.uniform(), count];
    const before = this.#latest.get(sequence);
    const key: Key = before && isBefore(drawn, before) ? [before[0], before[1], count] : drawn;
    this.#latest.set(sequence, key);
    push(this.#events, { key, happen });
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => this.#next());
  }

  /** One event a turn of the process: by then, all ranks have come to their next call, and none can act earlier. */
  #next(): void {
    const event = pop(this.#events);
    if (event) {
      this.now = Math.max(this.now, event.key[0]);
      event.happen();
    }
    this.#isRunning = event !== undefined;
    if (event) setImmediate(() => this.#next());
  }
}

function isBefore(a: Key, b: Key): boolean {
  const k = a.findIndex((part, i) => part !== b[i]);
  return k >= 0 && a[k] < b[k];
}

function push(heap: Event[], event: Event): void {
  let place = heap.push(event) - 1;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (!isBefore(heap[place].key, heap[parent].key)) return;
    [heap[place], heap[parent]] = [heap[parent], heap[place]];
    place = parent;
  }
}

function pop(heap: Event[]): Event | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (heap.length === 0 || last === undefined) return first;
  heap[0] = last;
  for (let place = 0; ;) {
    const [left, right] = [2 * place + 1, 2 * place + 2];
    let least = place;
    if (left < heap.length && isBefore(heap[left].key, heap[least].key)) least = left;
    if (right < heap.length && isBefore(heap[right].key, heap[least].key)) least = right;
    if (least === place) return first;
    [heap[place], heap[least]] = [heap[least], heap[place]];
    place = least;
  }
}
