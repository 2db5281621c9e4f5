/** Cards in virtual time: what goes through them when, exactly, without waiting. */
import { describe, expect, it } from 'vitest';

import { Card, type Passage } from '../../../kernel-runtime/src/cluster/net/shaping/card.js';
import { Events, type Clock } from '../../../kernel-runtime/src/cluster/net/shaping/events.js';
import {
  encodeStamp,
  StampReader
} from '../../../kernel-runtime/src/cluster/net/shaping/stamps.js';
import { Way } from '../../../kernel-runtime/src/cluster/net/shaping/way.js';

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
    const way = new Way(cards);
    const onThrough = ({ ended }: Passage): void => void (ends[k] = ended);
    events.at(at, now => {
      for (let chunk = 0; chunk < chunks; chunk++)
        way.send({ bytes: CHUNK, came: { began: now, ended: now }, onThrough });
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

describe('a card', () => {
  it.each<[string, { began: number; ended: number; heard: number }, number]>([
    ['makes up for a process that hears late of what came', { began: 0, ended: 4, heard: 90 }, 4],
    ['lets nothing through before its last bit has come', { began: 0, ended: 40, heard: 40 }, 40],
    ['takes its time from the first bit on', { began: 10, ended: 10, heard: 90 }, 14]
  ])('%s', (_, { began, ended, heard }, expected) => {
    const clock = new VirtualClock();
    const events = new Events(clock);
    const card = new Card({ events, msPerByte: () => MS_PER_BYTE });
    let end = NaN;
    events.at(heard, () => {
      const chunk = { bytes: 4 * CHUNK, came: { began, ended } };
      card.take([], { ...chunk, onThrough: went => void (end = went.ended) });
    });
    clock.run();
    expect(end).toBe(expected);
  });
});

describe('what goes between two slow streams', () => {
  const chunks = [
    { bytes: Buffer.from('a chunk'), came: { began: 1, ended: 8 } },
    { bytes: Buffer.from('and another one'), came: { began: 8, ended: 23 } }
  ];
  const stream = Buffer.concat(
    chunks.flatMap(({ bytes, came }) => [encodeStamp(bytes.length, came), bytes])
  );

  it.each([1, 2, 7, 19, 20, 21, 1000])('is read in pieces of %d bytes', length => {
    const parts: { bytes: string; began: number; ended: number }[] = [];
    const stamps = new StampReader(Infinity, (bytes, came) =>
      parts.push({ bytes: bytes.toString(), ...came })
    );
    for (let at = 0; at < stream.length; at += length)
      stamps.read(stream.subarray(at, at + length), 100);
    expect(parts.map(({ bytes }) => bytes).join('')).toBe('a chunkand another one');
    // Each of these bytes takes a ms, whatever it is read with.
    let time = 1;
    for (const { bytes, began, ended } of parts) {
      expect([began, ended]).toEqual([time, time + bytes.length]);
      time = ended;
    }
  });

  it.each([
    ['the future', { began: 0, ended: 1e9 }],
    ['backwards', { began: 9, ended: 8 }],
    ['no time', { began: NaN, ended: NaN }]
  ])('came now, where the stamp says %s', (_, came) => {
    const parts: Passage[] = [];
    const stamps = new StampReader(2, (_bytes, came) => parts.push(came));
    stamps.read(Buffer.concat([encodeStamp(3, came), Buffer.alloc(3)]), 100);
    expect(parts).toEqual([1, 2].map(() => ({ began: 100, ended: 100 })));
  });
});
