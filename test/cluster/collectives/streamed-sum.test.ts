import { describe, expect, it } from 'vitest';
import {
  createMemory,
  LinkMemory
} from '../../../kernel-runtime/src/cluster/collectives/link-memory.js';
import { Layout } from '../../../kernel-runtime/src/cluster/collectives/payload-layout.js';
import { adding, weighing } from '../../../kernel-runtime/src/cluster/collectives/stream.js';
import {
  StreamedSum,
  type Step
} from '../../../kernel-runtime/src/cluster/collectives/streamed-sum.js';
import {
  arraysIn,
  describeArrays,
  payloadParts
} from '../../../kernel-runtime/src/cluster/collectives/words.js';
import {
  combine,
  sumByRank
} from '../../../kernel-runtime/src/mathematics/communicator/combine.js';
import type { LeafData } from '../../../kernel-runtime/src/mathematics/communicator/values.js';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';

type Random = ReturnType<typeof random>;

const memory = new LinkMemory(createMemory());
const LINE = 64;

function block(bytes: number): Uint8Array {
  const whole = Math.max(LINE, Math.ceil(bytes / LINE) * LINE);
  return memory.bytes(memory.allocate(whole), bytes);
}

/** Arrays in link memory, as the block of a call holds them. */
function placed(arrays: readonly LeafData[]): LeafData[] {
  const bytes = payloadParts(arrays).reduce((sum, part) => sum + part.byteLength, 0);
  const copies = arraysIn(block(bytes), { arrays: describeArrays(arrays) });
  copies.forEach((copy, k) => copy.set(arrays[k]));
  return copies;
}

function payloadOf(arrays: readonly LeafData[]): Buffer {
  return Buffer.concat(payloadParts(arrays));
}

interface Case {
  readonly arrays: (draw: Random) => LeafData[];
  readonly weights?: readonly number[];
  /** Which of the terms is this rank's. */
  readonly own: number;
  readonly terms: number;
  readonly window: number;
}

const numbers = (
  Kind: typeof Float64Array | typeof Float32Array,
  length: number,
  draw: Random
): LeafData => new Kind(length).map(() => draw.uniform() * 1e3 - 500);
const whole = (length: number, draw: Random): Int32Array =>
  Int32Array.from({ length }, () => draw.integer(2 ** 31) - 2 ** 30);

const cases: [string, Case][] = [
  [
    'float64, weights, own first',
    {
      arrays: d => [numbers(Float64Array, 1013, d)],
      weights: [0.3, 0.5, 0.2],
      own: 0,
      terms: 3,
      window: 256
    }
  ],
  [
    'float32, weights, own first',
    {
      arrays: d => [numbers(Float32Array, 2003, d)],
      weights: [0.7, 0.1, 0.1, 0.1],
      own: 0,
      terms: 4,
      window: 64
    }
  ],
  [
    'equal weights',
    {
      arrays: d => [numbers(Float32Array, 999, d)],
      weights: [1 / 3, 1 / 3, 1 / 3],
      own: 0,
      terms: 3,
      window: 1000
    }
  ],
  [
    'one neighbour, a record of types',
    {
      arrays: d => [
        numbers(Float32Array, 77, d),
        new Float64Array(0),
        numbers(Float64Array, 301, d),
        whole(5, d)
      ],
      weights: [2, 3],
      own: 0,
      terms: 2,
      window: 128
    }
  ],
  [
    'a sum by rank, own in the middle',
    {
      arrays: d => [numbers(Float64Array, 555, d), numbers(Float32Array, 1, d)],
      own: 1,
      terms: 4,
      window: 192
    }
  ],
  [
    'arrays without entries before, between and behind the others',
    {
      arrays: d => [
        ...[new Float64Array(0), new Int32Array(0), numbers(Float32Array, 200, d)],
        ...[new Float32Array(0), new Float64Array(0), numbers(Float64Array, 9, d)],
        ...[whole(16, d), new Int32Array(0)]
      ],
      own: 2,
      terms: 3,
      window: 64
    }
  ],
  ['a sum by rank, own last', { arrays: d => [whole(1777, d)], own: 3, terms: 4, window: 64 }]
];

describe('a streamed sum', () => {
  it.each(cases)('has the bits of the sum of whole arrays: %s', (_, given) => {
    for (let seed = 1; seed <= 8; seed++) expectSameBits(given, seed);
  });
});

/** Pieces of all terms arrive by chance, as far as they are let; some terms are staged at a random moment. */
function expectSameBits({ arrays, weights, own, terms, window }: Case, seed: number): void {
  const draw = random(seed);
  const values = Array.from({ length: terms }, () => placed(arrays(draw)));
  const out = placed(values[0].map(data => data.slice().fill(-1)));
  const layout = new Layout(out);
  const { sums } = memory;
  const step: Step = weights ? weighing(sums, weights) : adding(sums, terms, 1);
  const sum = new StreamedSum({
    ...{ layout, out, step, window },
    terms: values.map((value, t) => (t === own ? value : undefined)),
    scratch: block
  });
  const limits = new Map<number, number>();
  const coming = values.flatMap((value, t) => {
    if (t === own) return [];
    const { landing, limit } = sum.land(t, more => {
      expect(more).toBeGreaterThan(limits.get(t)!);
      limits.set(t, more);
    });
    limits.set(t, limit);
    return [{ t, landing, payload: payloadOf(value), at: 0 }];
  });
  const isCut = seed % 3 === 0;
  for (let turns = 0; coming.some(({ at, payload }) => at < payload.length); turns++) {
    expect(turns).toBeLessThan(1e6);
    const one = coming[draw.integer(coming.length)];
    if (isCut && turns === 5) sum.stage(coming.at(-1)!.t);
    const most = limits.get(one.t)! - one.at;
    if (most === 0) continue;
    const place = one.landing.place(one.at);
    // What the system is given to read into: an empty buffer ends the socket with ENOBUFS.
    expect(place.length).toBeGreaterThan(0);
    const count = Math.min(place.length, most, 1 + draw.integer(300));
    place.set(one.payload.subarray(one.at, one.at + count));
    one.landing.arrived((one.at += count));
  }
  out.forEach((data, l) => {
    const parts = values.map(value => value[l].slice());
    const expected = weights
      ? combine(
          { weight: weights[0], data: parts[0] },
          parts.slice(1).map((part, k) => ({ weight: weights[k + 1], data: part }))
        )
      : sumByRank(parts, 1);
    expect(data).toEqual(expected);
  });
}
