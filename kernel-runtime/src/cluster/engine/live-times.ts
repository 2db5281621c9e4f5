/** What this engine spends its time on, for those who look on while it works. Beside a timeline that a user records. */
import { cellTime } from '../collectives/activity.js';
import type { EngineCommunicator } from '../collectives/engine-communicator.js';
import { monotonicNow } from '../net/clock.js';
import { spans } from '../net/spans.js';
import { stretchesOf } from '../net/stretches.js';
import type { Lately, OpenSpan } from '../protocol/stats.js';

/** What all engines tell at once shares one door to the browser. */
const MOST_OF_ALL = 1000;
const FEWEST = 4;
const MOST = 60;

/** The call that the cell waits for now, in words, and since when by `Date.now()`. */
export interface WaitingNow {
  readonly words: string;
  readonly since: number;
}

export class LiveTimes {
  readonly #links: EngineCommunicator['live'];
  readonly #most: number;
  #isOn = false;

  /** @param size of the cluster: in a large one, each engine tells less */
  constructor(communicator: EngineCommunicator, size: number) {
    this.#links = communicator.live;
    this.#most = Math.min(MOST, Math.max(FEWEST, Math.floor(MOST_OF_ALL / size)));
  }

  /** Records from now on, or not any more. */
  async set(isOn: boolean): Promise<void> {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    spans.record(isOn, 'live');
    if (isOn) cellTime.join();
    await this.#links.record(isOn);
  }

  /** What was done since it was taken last; null if nobody wants to know. */
  async take(waiting: WaitingNow | null): Promise<Lately | null> {
    if (!this.#isOn) return null;
    const now = monotonicNow();
    const open = openSpan(now, waiting);
    const own = stretchesOf(spans.take('live').spans, this.#most);
    const ofLinks = await this.#links.take(this.#most);
    // That a message is awaited is no waiting of the cell: it may compute meanwhile.
    const stretches = [...own, ...ofLinks.filter(({ kind }) => kind !== 'wait')];
    return { now, stretches, ...(open ? { open } : {}) };
  }
}

/** This runs when the thread is at rest: if a call is pending, the cell waits, also if it began before anybody looked. */
function openSpan(now: number, waiting: WaitingNow | null): OpenSpan | null {
  const { open } = cellTime;
  if (!open || !waiting) return open;
  const start = Math.max(open.start, now - (Date.now() - waiting.since));
  return { kind: 'wait', name: waiting.words, start };
}
