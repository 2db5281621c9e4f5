/** Records what this thread spends its time on, when somebody wants to see it; else it costs one comparison a call. */
import { MARK, type Span, type SpanKind } from '../protocol/timeline.js';
import { monotonicNow } from './clock.js';

export type { Span, SpanKind } from '../protocol/timeline.js';

/** A rank keeps so many: some 20 MB. */
const MOST_SPANS = 200_000;

/** What was recorded, and how much more there was. */
export interface Taken {
  readonly spans: Span[];
  readonly dropped: number;
}

type Details = Pick<Span, 'peer' | 'bytes'>;

const nothing = (): void => undefined;

export class Spans {
  #isOn = false;
  #spans: Span[] = [];
  #dropped = 0;

  /** Whether anything is recorded. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Begins anew, or ends. */
  record(isOn: boolean): void {
    this.#isOn = isOn;
    if (isOn) this.take();
  }

  /** What was recorded since it began, or since it was taken last. */
  take(): Taken {
    const taken = { spans: this.#spans, dropped: this.#dropped };
    this.#spans = [];
    this.#dropped = 0;
    return taken;
  }

  add(span: Span): void {
    if (!this.#isOn) return;
    if (this.#spans.length < MOST_SPANS) this.#spans.push(span);
    else this.#dropped++;
  }

  /** A stretch of time begins; call the result when it ends. */
  begin(kind: SpanKind, name: string, details: Details = {}): () => void {
    if (!this.#isOn) return nothing;
    const start = monotonicNow();
    return () => this.add({ kind, name, start, end: monotonicNow(), ...details });
  }

  /** Something has happened just now. */
  mark(name: string, details: Details = {}): void {
    if (!this.#isOn) return;
    const now = monotonicNow();
    this.add({ kind: MARK, name, start: now, end: now, ...details });
  }

  /** Does some work as one stretch of time. */
  time<T>(kind: SpanKind, name: string, work: () => T): T {
    const end = this.begin(kind, name);
    try {
      return work();
    } finally {
      end();
    }
  }
}

/** What this thread records: an engine has one thread for cells and one for links. */
export const spans = new Spans();
