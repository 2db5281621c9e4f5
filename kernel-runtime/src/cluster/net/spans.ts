/** Records what this thread spends its time on, when somebody wants to see it; else it costs one comparison a call. */
import { MARK, type Span, type SpanKind } from '../protocol/timeline.js';
import { monotonicNow } from './clock.js';

export type { OpenSpan, Stretch } from '../protocol/stats.js';
export type { Span, SpanKind } from '../protocol/timeline.js';

/** A rank keeps so many: some 20 MB. */
const MOST_SPANS = 200_000;

/** What was recorded, and how much more there was. */
export interface Taken {
  readonly spans: Span[];
  readonly dropped: number;
}

/** Who records: what one takes is not taken from the other. */
export type Recording = 'trace' | 'live';

type Details = Pick<Span, 'peer' | 'bytes'>;

const nothing = (): void => undefined;

export class Spans {
  #isOn = false;
  readonly #recordings = new Map<Recording, { spans: Span[]; dropped: number }>();

  /** Whether anything is recorded. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Begins anew, or ends. */
  record(isOn: boolean, recording: Recording = 'trace'): void {
    this.#recordings.delete(recording);
    if (isOn) this.#recordings.set(recording, { spans: [], dropped: 0 });
    this.#isOn = this.#recordings.size > 0;
  }

  /** What was recorded since it began, or since it was taken last; nothing where nobody records. */
  take(recording: Recording = 'trace'): Taken {
    const taken = this.#recordings.get(recording);
    if (taken) this.#recordings.set(recording, { spans: [], dropped: 0 });
    return taken ?? { spans: [], dropped: 0 };
  }

  add(span: Span): void {
    for (const recorded of this.#recordings.values())
      if (recorded.spans.length < MOST_SPANS) recorded.spans.push(span);
      else recorded.dropped++;
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
