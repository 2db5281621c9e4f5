/**
 * The cells of several kernels in turns, so that noise of the machine hits all alike; each runs some cells in a row, as in
 * a notebook, so that none pays for what another has left in the processor's caches.
 */
import { Contenders } from '../contenders.js';
import { memoryOf } from '../processes.js';
import { FrontEnd } from './front-end.js';
import type { KernelKind } from './kinds.js';

export interface CellSamples {
  /** Milliseconds of each cell `1`. */
  readonly one: number[];
  readonly redeclare: number[];
  readonly define: number[];
  /** MB after all cells. */
  readonly rss: number[];
  readonly pss: number[];
}

export interface CellsContext {
  progress(line: string): void;
  /** Where it is told who was left out. */
  readonly notes: string[];
}

/** Ten turns of ten rounds of three cells: 300 in all. */
const TURNS = 10;
const ROUNDS = 10;
const CELLS = TURNS * ROUNDS * 3;

/**
 * Runs 300 cells on each kernel; one that fails on the way keeps what it has shown until then.
 * @throws if ours fails
 */
export async function measureCells(
  kinds: readonly KernelKind[],
  { progress, notes }: CellsContext
): Promise<ReadonlyMap<KernelKind['name'], CellSamples>> {
  const samples = new Map(kinds.map(({ name }) => [name, emptySamples()]));
  const started = new Map<KernelKind, FrontEnd>();
  const contenders = new Contenders(kinds, notes, { progress });
  try {
    await contenders.inTurns(`${CELLS} cells`, async kind => {
      started.set(kind, await FrontEnd.start(kind));
    });
    for (let turn = 0; turn < TURNS; turn++) {
      progress(`cells: ${3 * turn * ROUNDS} of ${CELLS}`);
      await contenders.inTurns(`${CELLS} cells, turn ${turn + 1} of ${TURNS}`, async kind => {
        for (let k = turn * ROUNDS; k < (turn + 1) * ROUNDS; k++)
          await measureRound(started.get(kind)!, samples.get(kind.name)!, k);
      });
    }
    for (const kind of contenders.present) {
      const { rss, pss } = memoryOf(started.get(kind)!.pid);
      samples.get(kind.name)?.rss.push(rss);
      if (pss !== undefined) samples.get(kind.name)?.pss.push(pss);
    }
  } finally {
    await Promise.all([...started.values()].map(frontEnd => frontEnd.close()));
  }
  return samples;
}

async function measureRound(frontEnd: FrontEnd, samples: CellSamples, k: number): Promise<void> {
  const { cells } = frontEnd.kind;
  samples.one.push(await timeOf(frontEnd, '1'));
  samples.redeclare.push(await timeOf(frontEnd, cells.redeclare(k)));
  samples.define.push(await timeOf(frontEnd, cells.define(k)));
}

async function timeOf(frontEnd: FrontEnd, code: string): Promise<number> {
  return (await frontEnd.check(code)).elapsed;
}

function emptySamples(): CellSamples {
  return { one: [], redeclare: [], define: [], rss: [], pss: [] };
}
