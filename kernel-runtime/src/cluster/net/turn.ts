/** What a thread says in one turn of its event loop leaves together, at the end of the turn. */

const waiting: (() => void)[] = [];

/** Calls back at the end of this turn, in the order of the calls. */
export function atTurnsEnd(work: () => void): void {
  if (waiting.push(work) === 1) setImmediate(endTurn);
}

function endTurn(): void {
  for (const work of waiting.splice(0)) work();
}
