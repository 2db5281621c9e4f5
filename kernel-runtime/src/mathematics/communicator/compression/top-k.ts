/** The entries that have changed most since they were sent last, and the estimates on both sides of an edge that they set right. */
import { DecentLabError } from '../../../errors.js';
import type { LeafData } from '../values.js';
import type { Coder, TopK } from './compression.js';

/** One call, as its rank sees it. */
export interface TopKCall {
  readonly name: string;
  readonly rank: number;
  readonly own: readonly LeafData[];
  /** Who hears it. */
  readonly destinations: readonly number[];
}

/** What a rank has told its neighbours, or a neighbour has told it. */
interface Estimate {
  /** How many messages it is made of. */
  rounds: number;
  readonly datas: LeafData[];
}

/** What one rank remembers of its compressed calls, by name. */
export class TopKMemory {
  readonly #own = new Map<string, Estimate & { readonly to: string }>();
  /** By name and source. */
  readonly #heard = new Map<string, Estimate>();

  /**
   * Begins a call: chooses what is sent, and sets the estimate of this rank right by it. Whoever has not heard the messages
   * before, as after a change of the neighbours, gets them from the first on again.
   */
  coder({ ratio }: TopK, call: TopKCall): Coder {
    const { name, own, destinations } = call;
    const to = `${destinations.join()}; ${own.map(({ length }) => length).join()}`;
    const known = this.#own.get(name);
    const estimate = known?.to === to ? known : { to, rounds: 0, datas: own.map(zerosLike) };
    this.#own.set(name, estimate);
    const parts = own.flatMap((data, l) => largest(data, estimate.datas[l], ratio));
    const message = [Int32Array.of(estimate.rounds), ...parts];
    for (const [l, data] of estimate.datas.entries()) setEntries(data, message, l);
    estimate.rounds += 1;
    const rest = own.map((data, l) => minus(data, estimate.datas[l]));
    return {
      encode: () => message,
      decode: (from, received) => {
        const heard = this.#hear(call, from, received);
        return heard.map((data, l) => plus(data, rest[l]));
      }
    };
  }

  /** The estimate of a source after one more message. */
  #hear(
    { name, rank, own }: TopKCall,
    from: number,
    received: readonly LeafData[]
  ): readonly LeafData[] {
    assertMessage(received, own);
    const key = `${from} ${name}`;
    const round = received[0][0];
    const known = this.#heard.get(key);
    if (round !== 0 && round !== known?.rounds) {
      throw new DecentLabError('DISAGREEMENT', {
        rank,
        said: `has heard ${known?.rounds ?? 0} compressed exchanges named "${name}" of rank ${from}`,
        otherRank: from,
        otherSaid: `has made ${round} before this one`
      });
    }
    const estimate = round === 0 ? { rounds: 0, datas: own.map(zerosLike) } : known!;
    this.#heard.set(key, estimate);
    estimate.rounds = round + 1;
    for (const [l, data] of estimate.datas.entries()) setEntries(data, received, l);
    return estimate.datas;
  }
}

/** Places and values of the entries of one array that differ most from its estimate; ties by place. */
function largest(data: LeafData, estimate: LeafData, ratio: number): [Int32Array, LeafData] {
  const count = Math.min(data.length, Math.ceil(ratio * data.length));
  const changes = Float64Array.from(data, (entry, i) => {
    const change = Math.abs(entry - estimate[i]);
    return Number.isNaN(change) ? Infinity : change;
  });
  const least = count === 0 ? Infinity : kthLargest(changes.slice(), count);
  let ties = count;
  for (const change of changes) if (change > least) ties -= 1;
  const places = new Int32Array(count);
  let k = 0;
  changes.forEach((change, i) => {
    if (change > least || (change === least && ties-- > 0)) places[k++] = i;
  });
  const values = data.slice(0, count);
  places.forEach((place, m) => (values[m] = data[place]));
  return [places, values];
}

/** The k-th largest number, k from 1, by Hoare's selection; reorders the numbers. */
function kthLargest(numbers: Float64Array, k: number): number {
  let [from, to] = [0, numbers.length - 1];
  while (from < to) {
    const pivot = numbers[(from + to) >>> 1];
    let [i, j] = [from, to];
    while (i <= j) {
      while (numbers[i] > pivot) i += 1;
      while (numbers[j] < pivot) j -= 1;
      if (i > j) break;
      [numbers[i], numbers[j]] = [numbers[j], numbers[i]];
      i += 1;
      j -= 1;
    }
    if (k - 1 <= j) to = j;
    else if (k - 1 >= i) from = i;
    else break;
  }
  return numbers[k - 1];
}

/** Sets the entries of the l-th array that a message names. */
function setEntries(data: LeafData, message: readonly LeafData[], l: number): void {
  const [places, values] = [message[1 + 2 * l], message[2 + 2 * l]];
  for (let k = 0; k < places.length; k++) data[places[k]] = values[k];
}

/** @throws FRAME_INVALID for what no rank sends: other numbers of arrays, or places outside of them */
function assertMessage(received: readonly LeafData[], own: readonly LeafData[]): void {
  const isWhole = received.length === 1 + 2 * own.length && received[0].length === 1;
  const isRight = own.every((data, l) => {
    const [places, values] = [received[1 + 2 * l], received[2 + 2 * l]];
    return (
      places instanceof Int32Array &&
      places.length === values?.length &&
      places.every(place => place >= 0 && place < data.length)
    );
  });
  if (isWhole && isRight) return;
  throw new DecentLabError('FRAME_INVALID', {
    received: 'entries of a compressed value that are none'
  });
}

const zerosLike = (data: LeafData): LeafData => data.slice().fill(0);

const plus = (x: LeafData, y: LeafData): LeafData => {
  const sum = x.slice();
  for (let i = 0; i < sum.length; i++) sum[i] += y[i];
  return sum;
};

const minus = (x: LeafData, y: LeafData): LeafData => {
  const difference = x.slice();
  for (let i = 0; i < difference.length; i++) difference[i] -= y[i];
  return difference;
};
