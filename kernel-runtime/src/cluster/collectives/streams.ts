/** The streams of an edge: within one, the k-th message answers the k-th receive. */

/** The stream of unnamed exchanges with neighbours. */
export const NEIGHBOUR_STREAM = '';
const ALL_RANKS = '@';
const NAMED = '=';

/** The stream of the k-th unnamed call of all ranks. */
export function allRanksStream(era: number): string {
  return `${ALL_RANKS}${era}`;
}

/** The stream of the k-th call with this name. */
export function namedStream(name: string, k: number): string {
  return `${NAMED}${k} ${name}`;
}

/** Whether a stream is that of a call of all ranks. */
export function isOfAllRanks(stream: string): boolean {
  return stream.startsWith(ALL_RANKS);
}

/** A stream as a head holds it: its kind and its number; a name travels with the words. */
export interface StreamCode {
  readonly stream: number;
  readonly number: number;
  readonly name?: string;
}

/** Kinds of streams in a head. Signals are no stream: no call waits for them. */
export const SIGNALS = 3;

/** The code of a stream. */
export function encodeStream(stream: string): StreamCode {
  if (stream === NEIGHBOUR_STREAM) return { stream: 0, number: 0 };
  if (isOfAllRanks(stream)) return { stream: 1, number: Number(stream.slice(1)) };
  const space = stream.indexOf(' ');
  return { stream: 2, number: Number(stream.slice(1, space)), name: stream.slice(space + 1) };
}

/** The stream of a code; undefined if it is none. */
export function decodeStream({ stream, number, name }: StreamCode): string | undefined {
  if (stream === 0) return NEIGHBOUR_STREAM;
  if (stream === 1) return allRanksStream(number);
  return stream === 2 && name !== undefined ? namedStream(name, number) : undefined;
}
