/** The engine's part of a timeline: switches recording on and off, and hands over what was recorded. */
import { clockOffset } from '../net/clock.js';
import type { Taken } from '../net/spans.js';
import type { RankTimeline } from '../protocol/timeline.js';

/** What one thread records; that of another thread answers later. */
export interface Recorder {
  record(isOn: boolean): void | Promise<void>;
  take(): Taken | Promise<Taken>;
}

export interface TimelineParts {
  /** One of each thread. */
  readonly recorders: readonly Recorder[];
  /** The time of the controller's clock, in ms. */
  askTime(): Promise<number>;
}

export class EngineTimeline {
  readonly #parts: TimelineParts;
  #isOn = false;

  constructor(parts: TimelineParts) {
    this.#parts = parts;
  }

  /** Records from now on, or not any more. */
  async record(isOn: boolean): Promise<void> {
    this.#isOn = isOn;
    await Promise.all(this.#parts.recorders.map(async recorder => recorder.record(isOn)));
  }

  /** What was recorded since it began or was taken last; null if nothing is recorded. */
  async take(): Promise<RankTimeline | null> {
    if (!this.#isOn) return null;
    const { recorders, askTime } = this.#parts;
    const taken = await Promise.all(recorders.map(async recorder => recorder.take()));
    return {
      clock: await clockOffset(askTime),
      spans: taken.flatMap(({ spans }) => spans),
      dropped: taken.reduce((sum, { dropped }) => sum + dropped, 0)
    };
  }
}
