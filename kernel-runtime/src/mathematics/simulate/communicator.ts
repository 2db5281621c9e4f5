/** The operations of one simulated rank: all calls of all ranks meet in one network of this process. */
import { DecentLabError } from '../../errors.js';
import { Collectives } from '../communicator/collectives.js';
import type { Value } from '../communicator/communicator.js';
import { TopKMemory } from '../communicator/compression/top-k.js';
import type { ProgramName, Request, Specs } from '../communicator/specs.js';
import { describe, type Description } from '../communicator/values.js';
import { WindowWords } from '../communicator/windows/words.js';
import { graphs } from '../graph/neighbourhood.js';
import type { Topology } from '../graph/topology.js';
import type { Ended, Parcel } from './calls.js';
import type { Network, Underway } from './network.js';
import { programs } from './programs.js';
import type { SimulatedRank } from './rank.js';
import { SimulatedRoom } from './windows.js';

/** A call that has entered the network. In a record, because a promise of a promise would wait for the result. */
interface Entered {
  readonly described: Description;
  readonly ended: Promise<Ended>;
  readonly sent: readonly Parcel[];
}

/** One call that is to enter the network. */
interface Entering {
  readonly x: Value;
  readonly isByRows: boolean;
  readonly out: Value | undefined;
  readonly isOver: boolean;
  start(described: Description): Underway | Promise<Underway>;
}

/** In one process nobody compares topologies in words. */
const ownGraphs = { ...graphs, words: () => '' };

export class SimulatedCommunicator extends Collectives<Topology> implements SimulatedRank {
  protected readonly oneSided: WindowWords;
  #network: Network;
  readonly #memory = new TopKMemory();
  /** Calls enter the network in the order in which they were made, however long a value takes to read. */
  #entering: Promise<unknown> | undefined;

  constructor(
    rank: number,
    network: Network,
    given: { topology: Topology; nodesPerMachine?: number | undefined }
  ) {
    super({ rank, size: network.size, ...given }, ownGraphs);
    this.#network = network;
    network.watchGate(rank, this.gate);
    this.oneSided = new WindowWords(new SimulatedRoom(rank, network, () => this.place.ranks.near));
  }

  now(): number {
    return this.#network.clock.now[this.rank];
  }

  compute(ms: number): void;
  compute<R>(work: () => R): R;
  compute<R>(work: number | (() => R)): R | undefined {
    const { clock } = this.#network;
    if (typeof work === 'number') {
      if (!(work >= 0 && work < Infinity)) {
        const what = `compute on rank ${this.rank}`;
        const expected = 'a finite number of ms >= 0, or a function';
        throw new DecentLabError('VALUE_INVALID', { what, expected, received: work });
      }
      clock.compute(this.rank, work);
      return undefined;
    }
    const began = performance.now();
    const result = work();
    clock.compute(this.rank, performance.now() - began);
    return result;
  }

  /** Takes `x` apart, enters the call, waits for its end and puts the result together. */
  protected override async run<Name extends ProgramName>(
    program: Name,
    x: Value,
    { spec, options = {}, isByRows = false, isOver = false }: Request<Name>
  ): Promise<Value> {
    const { rank } = this;
    const network = this.#network;
    const { name, timeout, out } = options;
    const carryOut = programs[program] as (
      ...given: [Parameters<(typeof programs)[Name]>[0], Specs[Name]]
    ) => Underway | Promise<Underway>;
    const start = (described: Description): Underway | Promise<Underway> =>
      carryOut(
        { network, rank, described, options: { name, timeout }, memory: this.#memory },
        spec
      );
    const entered = this.#enter({ x, isByRows, out, isOver, start });
    const { described, ended, sent } = entered instanceof Promise ? await entered : entered;
    try {
      const { datas, at } = await ended;
      network.clock.leave(rank, at);
      return await described.rebuild(datas);
    } finally {
      network.seal(sent);
    }
  }

  /** A program that waits for its own `resume` is found by the watch over the simulation. */
  protected override sayHeld(): void {}

  /** Enters at once where nothing has to be waited for: a thousand ranks have no time for idle promises. */
  #enter(call: Entering): Entered | Promise<Entered> {
    const { x, start, ...how } = call;
    if (this.#entering === undefined) {
      const described = describe(x, how);
      if (!(described instanceof Promise)) {
        const underway = start(described);
        if (!(underway instanceof Promise))
          return { described, ended: underway.ended, sent: underway.sent };
        return this.#queue(underway.then(({ ended, sent }) => ({ described, ended, sent })));
      }
    }
    return this.#queue(this.#enterAfter(this.#entering, call));
  }

  async #enterAfter(
    before: Promise<unknown> | undefined,
    { x, start, ...how }: Entering
  ): Promise<Entered> {
    await before;
    const described = await describe(x, how);
    const { ended, sent } = await start(described);
    return { described, ended, sent };
  }

  #queue(entering: Promise<Entered>): Promise<Entered> {
    const settled = entering
      .catch(() => undefined)
      .then(() => {
        if (this.#entering === settled) this.#entering = undefined;
      });
    this.#entering = settled;
    return entering;
  }
}
