/** Divides the time of a cell into computing and waiting, for timelines. */
import { monotonicNow } from '../net/clock.js';
import type { Spans } from '../net/spans.js';

/**
 * A cell computes, except where it waits for a call. A call that is not awaited at once is no waiting: its cell goes on,
 * and only when the thread comes to rest while a call is pending has it begun to wait.
 */
export class CellTime {
  readonly #spans: Spans;
  readonly #now: () => number;
  /** What the cell does since when; null between cells. */
  #phase: { readonly kind: 'compute' | 'wait'; readonly start: number } | null = null;
  #cell = '';
  /** The pending calls, oldest first. */
  readonly #calls = new Set<{ readonly op: string }>();

  constructor(spans: Spans, now: () => number = monotonicNow) {
    this.#spans = spans;
    this.#now = now;
  }

  /** A cell begins. */
  begin(cell: string): void {
    if (!this.#spans.isOn) return;
    this.#cell = cell;
    this.#phase = { kind: 'compute', start: this.#now() };
  }

  /** The cell has ended. */
  end(): void {
    this.#become(null);
    this.#calls.clear();
  }

  /** The cell makes a call; the result, if there is one, is to be called when the call has ended. */
  call(op: string): (() => void) | undefined {
    if (!this.#phase) return undefined;
    const call = { op };
    this.#calls.add(call);
    // Runs when everything that the cell does at once is done.
    setImmediate(() => this.#rest());
    return () => {
      if (!this.#calls.has(call)) return;
      this.#become('compute');
      this.#calls.delete(call);
      setImmediate(() => this.#rest());
    };
  }

  /** The thread has nothing to do: if a call is pending, the cell waits for it. */
  #rest(): void {
    if (this.#calls.size > 0 && this.#phase?.kind === 'compute') this.#become('wait');
  }

  #become(kind: 'compute' | 'wait' | null): void {
    if (!this.#phase || this.#phase.kind === kind) return;
    const now = this.#now();
    const [oldest] = this.#calls;
    const name = this.#phase.kind === 'compute' ? this.#cell : (oldest?.op ?? 'a call');
    this.#spans.add({ kind: this.#phase.kind, name, start: this.#phase.start, end: now });
    this.#phase = kind && { kind, start: now };
  }
}
