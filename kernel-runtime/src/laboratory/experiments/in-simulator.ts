/** An experiment in the simulator: all nodes in this process, which still listens between steps. */
import { setImmediate } from 'node:timers/promises';

import { isSchedule } from '../../mathematics/graph/schedules.js';
import type { Vector } from '../../mathematics/math/matrix.js';
import { stepsOf } from '../../mathematics/optim/iterate.js';
import { simulate } from '../../mathematics/simulate/simulate.js';
import { assertIterate, type Diverged, type ExperimentResult } from './experiment.js';
import { divergenceOf, type Recorder } from './recorder.js';
import { assertGoesOn, type Run } from './run.js';

/** Between two looks at the clock of the event loop. */
const SLICE_MS = 20;

/** Ends the program of a rank whose iterate has left the numbers. */
class LeftTheNumbers extends Error {}

/** Runs the experiment on n simulated ranks. */
export async function runInSimulator(run: Run, recorder: Recorder): Promise<ExperimentResult> {
  const { problem, algorithm, topology, iterations, seed, warn } = run;
  const latest: Vector[] = [...run.x0];
  const reached = latest.map(() => 0);
  let diverged: Diverged | null = null;
  const look = (rank: number, k: number, x: unknown): void => {
    assertIterate(x, problem.dimension, `${algorithm.name}, x of node ${rank} after ${k} steps`);
    latest[rank] = x;
    reached[rank] = k;
    const seen = divergenceOf(x, recorder.bound);
    if (seen === undefined) recorder.add(rank, k, x);
    else diverged = earlier(diverged, { iteration: k, rank, seen });
    // Not before all are there, so that the verdict does not depend on who runs ahead.
    if (diverged && reached.every(step => step >= diverged!.iteration)) throw new LeftTheNumbers();
  };
  const pause = breather(run);
  try {
    await simulate(isSchedule(topology) ? topology(0) : topology, async communicator => {
      const { rank } = communicator;
      const local = problem.local(rank, { seed });
      const steps = stepsOf(algorithm, {
        x0: run.x0[rank],
        node: { ...local, communicator, warn },
        topology: isSchedule(topology) ? topology : undefined
      });
      for (let k = 0; ; k++) {
        look(rank, k, (await steps.state()).x);
        if (k === iterations) return void (await steps.finish());
        if (rank === 0) await pause(k);
        await steps.next();
      }
    });
  } catch (error) {
    if (!(error instanceof LeftTheNumbers)) throw error;
  }
  if (!diverged) run.onProgress?.({ iteration: iterations, iterations });
  return recorder.result(latest, diverged);
}

/** The divergence that is told: the first, and of several at once that of the lowest rank. */
function earlier(known: Diverged | null, other: Diverged): Diverged {
  if (!known || other.iteration < known.iteration) return other;
  return other.iteration === known.iteration && other.rank < known.rank ? other : known;
}

/** Lets timers, signals and the terminal have their turn from time to time, and tells how far the run is. */
function breather({ signal, onProgress, iterations }: Run): (k: number) => Promise<void> {
  let last = performance.now();
  return async k => {
    if (performance.now() - last < SLICE_MS) return;
    await setImmediate();
    assertGoesOn(signal);
    onProgress?.({ iteration: k, iterations });
    last = performance.now();
  };
}
