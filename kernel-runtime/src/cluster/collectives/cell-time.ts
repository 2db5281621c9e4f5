/** Divides the time of a cell into computing and waiting, for timelines. */
import { monotonicNow } from '../net/clock.js';
import type { OpenSpan, Spans } from '../net/spans.js';

/**
 * A cell computes, except where it waits for a call. A call that is not awaited at once is no waiting: its cell goes on,
 * and only when the thread comes to rest while a call is pending has it begun to wait.
 */
export class CellTime {
  readonly #spans: Spans;
  readonly #now: () => number;
  /** What the cell does since when; null between cells. */
  #phase: { readonly kind: 'compute' | 'wait'; readonly start: number } | null = null;
  /** The cell that runs; null between cells. */
  #cell: string | null = null;
  /** The pending calls, oldest first. */
  readonly #calls = new Set<{ readonly op: string }>();

  constructor(spans: Spans, now: () => number = monotonicNow) {
    this.#spans = spans;
    this.#now = now;
  }

  /** A cell begins. */
  begin(cell: string): void {
    this.#cell = cell;
    this.join();
  }

  /** Somebody records from now on: of a cell that runs already, what it does from now on. */
  join(): void {
    if (!this.#spans.isOn || this.#cell === null || this.#phase) return;
    this.#phase = { kind: 'compute', start: this.#now() };
  }

  /** The cell has ended. */
  end(): void {
    this.#become(null);
    this.#cell = null;
    this.#calls.clear();
  }

  /** What the cell does at this moment; null between cells, and where nothing is recorded. */
  get open(): OpenSpan | null {
    return this.#phase && this.#spans.isOn
      ? { ...this.#phase, name: this.#name(this.#phase) }
      : null;
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
    const phase = this.#phase;
    if (!phase || phase.kind === kind) return;
    const now = this.#now();
    this.#spans.add({ kind: phase.kind, name: this.#name(phase), start: phase.start, end: now });
    this.#phase = kind && { kind, start: now };
  }

  #name({ kind }: { readonly kind: 'compute' | 'wait' }): string {
    if (kind === 'compute') return this.#cell ?? '';
    const [oldest] = this.#calls;
    return oldest?.op ?? 'a call';
  }
}
