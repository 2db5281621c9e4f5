/** What `cluster.heal()` answers: who goes on, and what averaging on the healed graph is worth. */
import { DecentLabError } from '../../errors.js';
import { exponentialTwoGraph } from '../../mathematics/graph/circulant.js';
import { healing, type Healing } from '../../mathematics/graph/healed.js';
import { unpackTopology } from '../../mathematics/graph/packed.js';
import type { Verdict } from '../../mathematics/graph/stochastic.js';
import type { Topology } from '../../mathematics/graph/topology.js';
import type { Healed } from '../protocol/client-messages.js';

export class HealReport implements Healing {
  /** The ranks that the graph goes around, ascending. */
  readonly absent: readonly number[];
  readonly topology: Topology;
  readonly survivors: readonly number[];
  readonly connected: Verdict;
  readonly doublyStochastic: Verdict;
  readonly rho: number;
  readonly #name: string;

  /** @throws HEAL_IMPOSSIBLE if no rank is left of `size` */
  constructor({ absent, topology }: Healed, size: number) {
    if (absent.length === size) throw new DecentLabError('HEAL_IMPOSSIBLE');
    // An engine that was given no topology has the one that all begin with.
    const whole = topology ? unpackTopology(topology) : exponentialTwoGraph(size);
    const healed = healing(whole, absent);
    this.#name = whole.name;
    this.absent = absent;
    this.topology = healed.topology;
    this.survivors = healed.survivors;
    this.connected = healed.connected;
    this.doublyStochastic = healed.doublyStochastic;
    this.rho = healed.rho;
  }

  /** The report in a few sentences. */
  toString(): string {
    const { absent, survivors, connected, doublyStochastic, rho } = this;
    const around =
      absent.length === 0
        ? `Every rank takes part in the ${this.#name} graph.`
        : `The ${this.#name} graph goes around ${ranksIn(absent)}; ${ranksIn(survivors)} ${survivors.length === 1 ? 'goes' : 'go'} on.`;
    const whole = connected.ok ? '' : ` The survivors cannot all agree: ${connected.why}`;
    const average = doublyStochastic.ok
      ? 'W is doubly stochastic: averaging keeps the average of those who go on.'
      : `W is not doubly stochastic: ${doublyStochastic.why}`;
    return `${around}${whole} ${average} ρ = ${Number(rho.toPrecision(4))}.`;
  }

  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return { 'text/plain': this.toString() };
  }
}

/** `rank 3`, `ranks 0, 1, 2` */
function ranksIn(ranks: readonly number[]): string {
  return `${ranks.length === 1 ? 'rank' : 'ranks'} ${ranks.join(', ')}`;
}
