/** A node of the picture in words. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { EngineStateName } from '../clusters/state.js';
import { stateShapes, stateWord } from '../clusters/words.js';

/** One node as it is drawn. */
export interface NodeView {
  rank: number;
  /** Of a live engine; a node of a saved run has none. */
  state?: EngineStateName;
  /** The picked value in words; empty without one. */
  value: string;
  /** Between the smallest and the largest value, 0 to 1. */
  fraction: number | undefined;
}

/** `Engine 3, waiting, 0.25`. */
export function sentenceOf({ rank, state, value }: NodeView, trans: TranslationBundle): string {
  const words = state
    ? [trans.__('Engine %1', rank), stateWord(state, trans), value]
    : [trans.__('Node %1', rank), value];
  return words.filter(word => word !== '').join(', ');
}

/** The rank, with the shape of a state that asks to be seen. */
export function nameOf({ rank, state }: NodeView): string {
  return state === 'lost' || state === 'waiting' ? `${rank} ${stateShapes[state]}` : String(rank);
}
