/** Cards in virtual time: what goes through them when, exactly, without waiting. */
import { describe, expect, it } from 'vitest';

import { Card, type Flow } from '../../../kernel-runtime/src/cluster/net/shaping/card.js';
import { Events, type Clock } from '../../../kernel-runtime/src/cluster/net/shaping/events.js';

/** Goes from wake-up to wake-up, each `late` ms after its time. */
class VirtualClock implements Clock {
  readonly early = 0;
  #now = 0;
  #due: { time: number; call: () => void } | undefined;
  readonly #late: number;

  constructor(late = 0) {
    this.#late = late;
  }

  now(): number {
    return this.#now;
  }

  wake(time: number, call: () => void): void {
    this.#due = { time, call };
  }

  cancel(): void {
    this.#due = undefined;
  }

  run(): void {
    while (this.#due) {
      const { time, call } = this.#due;
      this.#due = undefined;
      this.#now = Math.max(this.#now, time + this.#late);
      call();
    }
  }
}

const CHUNK = 1_000;
/** Every card lets a chunk through in a ms. */
const MS_PER_BYTE = 1 / CHUNK;

interface Transfer {
  readonly from: number;
  readonly to: number;
  readonly chunks: number;
  /** When it is given to the card. Defaults to 0. */
  readonly at?: number;
}

interface Given {
  readonly late?: number;
  /** Ms that a byte takes, where that is not what all cards take. */
  readonly sender?: Record<number, number>;
  readonly edge?: number;
}

/** When the last byte of each transfer has arrived: both cards, and the edge between them if it is slow. */
function arrivals(
  transfers: readonly Transfer[],
  { late = 0, sender = {}, edge }: Given = {}
): number[] {
  const clock = new VirtualClock(late);
  const events = new Events(clock);
  const create = (time = MS_PER_BYTE): Card => new Card({ events, msPerByte: () => time });
  const out = new Map<number, Card>();
  const into = new Map<number, Card>();
  const ends = transfers.map(() => NaN);
  transfers.forEach(({ from, to, chunks, at = 0 }, k) => {
    if (!out.has(from)) out.set(from, create(sender[from]));
    if (!into.has(to)) into.set(to, create());
    const cards = [out.get(from)!, ...(edge ? [create(edge)] : []), into.get(to)!];
    const flows = cards.map((): Flow => []);
    const pass = (at: number, began: number, stage = 0): void => {
      if (stage === cards.length) return void (ends[k] = at);
      const through = (at: number, began: number): void => pass(at, began, stage + 1);
      cards[stage].take(flows[stage], { bytes: CHUNK, began, through });
    };
    events.at(at, now => {
      for (let chunk = 0; chunk < chunks; chunk++) pass(now, now);
    });
  });
  clock.run();
  return ends;
}

describe('cards', () => {
  it.each<[string, Transfer[], number[], Given?]>([
    ['take the time of the bytes', [{ from: 0, to: 1, chunks: 4 }], [4]],
    [
      'of a sender are shared by its transfers, in turns',
      [
        { from: 0, to: 1, chunks: 4 },
        { from: 0, to: 2, chunks: 4 }
      ],
      [7, 8]
    ],
    [
      'of a receiver are shared as well: two senders take twice as long',
      [
        { from: 0, to: 2, chunks: 4 },
        { from: 1, to: 2, chunks: 4 }
      ],
      [7, 8]
    ],
    [
      'let a short transfer by, and the long one ends when all bytes are through',
      [
        { from: 0, to: 1, chunks: 8 },
        { from: 0, to: 2, chunks: 1, at: 2.5 }
      ],
      [9, 4]
    ],
    [
      'save up nothing while they are idle',
      [
        { from: 0, to: 1, chunks: 4 },
        { from: 0, to: 1, chunks: 4, at: 100 }
      ],
      [4, 104]
    ],
    [
      'send and receive at the same time: an exchange in a ring takes what a rank sends',
      [0, 1, 2].flatMap(from => [1, 2].map(step => ({ from, to: (from + step) % 3, chunks: 4 }))),
      [7, 8, 7, 8, 7, 8]
    ],
    [
      'of one receiver of all are the only ones that fill up',
      [1, 2, 3].flatMap(from => [
        { from, to: 0, chunks: 2 },
        { from, to: 4 + from, chunks: 2 }
      ]),
      [4, 4, 5, 4, 6, 4]
    ],
    ['of a straggler take longer', [{ from: 0, to: 1, chunks: 4 }], [12], { sender: { 0: 0.003 } }],
    [
      'wait for a slow edge, which holds up nobody else',
      [
        { from: 0, to: 1, chunks: 4 },
        { from: 2, to: 3, chunks: 1 }
      ],
      [8, 2],
      { edge: 0.002 }
    ],
    ['give to a late clock what it has missed', [{ from: 0, to: 1, chunks: 40 }], [40], { late: 7 }]
  ])('%s', (_, transfers, expected, given) => {
    expect(arrivals(transfers, given).map(time => Number(time.toFixed(9)))).toEqual(expected);
  });
});

describe('events', () => {
  it('happen in the order of their times, those of one time in the order in which they were told', () => {
    const clock = new VirtualClock(2);
    const events = new Events(clock);
    const seen: string[] = [];
    const times = [5, 1, 3, 3, 0, 5, 2, 3];
    times.forEach((time, k) => events.at(time, at => seen.push(`${at}:${k}`)));
    events.at(3, at => events.at(at + 0.5, later => seen.push(`${later}:later`)));
    clock.run();
    expect(seen.join(' ')).toBe('0:4 1:1 2:6 3:2 3:3 3:7 3.5:later 5:0 5:5');
  });
});
