/** Contenders of `bench tensor` by turns, so that what slows the machine slows them all. */
import type { Side, Wanted } from './side.js';

/** Batches of one turn, of which the fastest counts. */
export const BATCHES = 5;

/** Microseconds a call in each turn, by contender. The first turn is what compilers and caches need: it does not count. */
export async function timeInTurns(
  sides: readonly Side[],
  { name, batch, turns }: { readonly name: string; readonly batch: number; readonly turns: number }
): Promise<Record<string, number[]>> {
  const values: Record<string, number[]> = {};
  const wanted: Wanted = [name, BATCHES, batch];
  for (let turn = 0; turn <= turns; turn++) {
    for (const side of sides) {
      const times = await side.time(wanted);
      if (turn > 0) (values[side.name] ??= []).push(Math.min(...times));
    }
  }
  return values;
}
