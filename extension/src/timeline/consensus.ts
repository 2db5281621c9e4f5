/** The consensus distance as averaging goes on, beside what theory promises. Pure. */
import type { EngineStats } from '../clusters/state.js';

/** (1/n) Σ ‖x_i − x̄‖² after k rounds of averaging. */
export interface ConsensusPoint {
  k: number;
  distance: number;
}

/** More distance than this many times the last, and it is not averaging that made it: x was set anew. */
const jump = 2;
const mostPoints = 400;

/** One curve from the last time that averaging began. */
export class ConsensusTrack {
  #points: ConsensusPoint[] = [];
  /** The newest while no round was made: where the next curve begins. */
  #resting: ConsensusPoint | null = null;

  get points(): readonly ConsensusPoint[] {
    return this.#points;
  }

  /** @param isIdle whether no engine runs a cell */
  add(point: ConsensusPoint, isIdle: boolean): void {
    const last = this.#resting ?? this.#points.at(-1);
    const isNew = !last || point.k < last.k || point.distance > jump * last.distance;
    if (isNew && !isIdle) this.#begin([point]);
    else if (isNew || point.k === last.k) this.#rest(point, isIdle);
    else if (this.#resting) this.#begin([this.#resting, point]);
    else this.#points.push(point);
    if (this.#points.length > mostPoints)
      this.#points = this.#points.filter((_, k) => k % 2 === 0 || k === this.#points.length - 1);
  }

  /** Another variable, or another cluster. */
  clear(): void {
    this.#begin([]);
  }

  #begin(points: ConsensusPoint[]): void {
    this.#points = points;
    this.#resting = null;
  }

  #rest(point: ConsensusPoint, isIdle: boolean): void {
    if (isIdle) this.#resting = point;
    if (this.#points.length <= 1) this.#points = [point];
  }
}

/** D_k ≤ rate^(k − k₀) · D_{k₀}, with rate = ρ² for averaging by W (Xiao and Boyd 2004). */
export function theoryOf(points: readonly ConsensusPoint[], rate: number): number[] {
  const [first] = points;
  return points.map(({ k }) => (first ? first.distance * rate ** (k - first.k) : 0));
}

/** A point of what the engines have told; null where they lack the variable. */
export function consensusPoint(
  engines: readonly EngineStats[],
  variable: string
): ConsensusPoint | null {
  const values = engines.flatMap(({ picked }) => picked[variable] ?? []);
  const distances = values.map(({ distance }) => distance ?? NaN);
  if (distances.length === 0 || !distances.every(Number.isFinite)) return null;
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    k: mean(engines.map(({ rounds }) => rounds)),
    distance: mean(distances.map(distance => distance ** 2))
  };
}

/** A variable of the engines that says by which factor a round shrinks the distance, in place of ρ². */
export const rateVariable = 'rate';

/** The factor of a round, and whether the notebook has given it; null where neither is known. */
export function rateOf(engines: readonly EngineStats[]): { rate: number; isGiven: boolean } | null {
  const given = engines
    .flatMap(({ variables }) => variables)
    .find(({ name, shape }) => name === rateVariable && shape.length === 0);
  if (given && given.norm > 0 && given.norm < 1) return { rate: given.norm, isGiven: true };
  const rho = engines.find(engine => engine.rho !== undefined)?.rho;
  return rho === undefined ? null : { rate: rho ** 2, isGiven: false };
}
