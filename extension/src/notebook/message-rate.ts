/** How many messages a second the engines of a cluster receive from each other, from what their counters tell. Pure. */
import type { EngineStats } from '../clusters/state.js';

/** An engine that has told nothing for so many milliseconds computes, or is gone: it receives nothing that we know of. */
const longestSilence = 3000;

interface Told {
  /** By the engine's clock. */
  at: number;
  /** By the clock of the page. */
  arrived: number;
  messages: number;
  rate: number | null;
}

export class MessageRate {
  readonly #told = new Map<number, Told>();

  /** Takes in what the engines have told. @param arrived by the page's clock, in ms */
  add(engines: readonly EngineStats[], arrived: number): void {
    for (const { rank, at, peers } of engines) {
      const before = this.#told.get(rank);
      // What has not told since is sent along unchanged.
      if (before?.at === at) continue;
      const messages = peers.reduce((sum, { receivedMessages }) => sum + receivedMessages, 0);
      const rate = before ? rateBetween(before, { at, messages }) : null;
      this.#told.set(rank, { at, arrived, messages, rate });
    }
  }

  /** Messages a second of all engines together; null while it is not known. @param now by the page's clock, in ms */
  at(now: number): number | null {
    const rates = [...this.#told.values()].flatMap(({ arrived, rate }) =>
      rate === null || now - arrived > longestSilence ? [] : [rate]
    );
    return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0);
  }
}

type Moment = Pick<Told, 'at' | 'messages'>;

/** An engine that was restarted counts from 0. */
function rateBetween(before: Moment, { at, messages }: Moment): number {
  const seconds = (at - before.at) / 1000;
  return seconds > 0 ? Math.max(0, messages - before.messages) / seconds : 0;
}

/** A rate as it stands in a row of words: `0.3`, `12`, `4821`, `25k`. */
export function shortRate(rate: number): string {
  if (rate < 9.95) return String(Number(rate.toFixed(1)));
  return rate < 9999.5 ? String(Math.round(rate)) : `${Math.round(rate / 1000)}k`;
}

/** None is longer. */
export const longestRate = '9999';
