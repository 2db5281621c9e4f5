/** The whole state of a training run as plain data, and as bytes. */
import { Packr } from 'msgpackr';

import type { State } from '../algorithm.js';

/** All that the later steps of an optimizer depend on, apart from data and random streams, which are the caller's. */
export interface Snapshot {
  /** The name of the algorithm. */
  readonly algorithm: string;
  /** The shapes of the model in words. */
  readonly model: string;
  /** The steps taken: the position in schedules of step sizes and of graphs. */
  readonly k: number;
  /** The trainable variables. */
  readonly x: Float32Array;
  /** The variables that are not trained. */
  readonly statistics: Float32Array;
  /** The algorithm's own; undefined before the first step. */
  readonly state: State | undefined;
}

// With references, so that x in the state and x itself are written once.
const packr = new Packr({ structuredClone: true, useRecords: true, mapsAsObjects: false });

/** Plain data as bytes; typed arrays keep their type, numbers their bits. */
export function packed(data: unknown): Uint8Array {
  return packr.pack(data);
}

/** The data of such bytes. */
export function unpacked(bytes: Uint8Array): unknown {
  return packr.unpack(bytes);
}
