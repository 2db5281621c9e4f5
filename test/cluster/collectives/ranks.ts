/** Communicators over real sockets in this process, with the part of the controller that opens epochs. */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';

import { EngineCommunicator } from '../../../kernel-runtime/src/cluster/collectives/engine-communicator.js';
import type { LinkMemory } from '../../../kernel-runtime/src/cluster/collectives/link-memory.js';
import { serveLinks } from '../../../kernel-runtime/src/cluster/collectives/link-service.js';
import type {
  CommunicatorEvent,
  Reason
} from '../../../kernel-runtime/src/cluster/collectives/types.js';
import type { LinkShape } from '../../../kernel-runtime/src/mathematics/graph/link.js';
import type { Topology } from '../../../kernel-runtime/src/mathematics/graph/topology.js';
import { privateFolder } from '../../../kernel-runtime/src/platform.js';

export interface Heard {
  readonly rank: number;
  readonly event: CommunicatorEvent;
}

export interface RanksOptions {
  readonly shape?: LinkShape;
  readonly nodesPerMachine?: number;
  /** Listens there by TCP; else on sockets of the machine. */
  readonly host?: string;
  /** Ms after which a peer that says nothing is lost. Defaults to that of engines. */
  readonly heartbeat?: number;
}

export class Ranks {
  readonly token = randomBytes(32).toString('hex');
  readonly folder = privateFolder('decentlab-test-');
  readonly heard: Heard[] = [];
  readonly all: EngineCommunicator[] = [];
  /** What the I/O side of each rank hands out of its link memory. */
  readonly memories: LinkMemory[] = [];
  #listeners: (() => void)[] = [];
  #epoch = 0;
  #shape: LinkShape | undefined;
  #isOpening = false;
  #nodesPerMachine: number | undefined;
  #host: string | undefined;
  #heartbeat: number | undefined;

  /** Ranks that listen. */
  static async start(
    size: number,
    { shape, nodesPerMachine, host, heartbeat }: RanksOptions = {}
  ): Promise<Ranks> {
    const ranks = new Ranks();
    ranks.#shape = shape;
    ranks.#nodesPerMachine = nodesPerMachine;
    ranks.#host = host;
    ranks.#heartbeat = heartbeat;
    for (let rank = 0; rank < size; rank++) ranks.all.push(ranks.create(rank, size));
    await Promise.all(ranks.all.map(communicator => ranks.listen(communicator)));
    return ranks;
  }

  /** Has a rank listen, and all others know where. */
  async listen(communicator: EngineCommunicator): Promise<void> {
    const place = await communicator.listen();
    if (typeof place === 'string') return;
    for (const one of this.all) one.learnPlaces([{ rank: communicator.rank, ...place }]);
  }

  create(rank: number, size: number): EngineCommunicator {
    const { token, folder } = this;
    const report = (event: CommunicatorEvent): void => {
      this.heard.push({ rank, event });
      for (const listener of [...this.#listeners]) listener();
      if (event.type === 'disagreement' && event.epoch === this.#epoch) this.#answer(event.reason);
    };
    return new EngineCommunicator({
      ...{ rank, size, token, folder, epoch: this.#epoch, shape: this.#shape, report },
      ...{ nodesPerMachine: this.#nodesPerMachine, host: this.#host, heartbeat: this.#heartbeat },
      // The same messages cross as between threads.
      startLinks: options => void (this.memories[rank] = serveLinks(options))
    });
  }

  /** Runs one program a rank, as its cell; rejections are results too. */
  async run<R>(program: (communicator: EngineCommunicator) => Promise<R>): Promise<(R | Error)[]> {
    for (const communicator of this.all) communicator.beginCell();
    const results = await Promise.all(
      this.all.map(communicator => program(communicator).catch((error: unknown) => error as Error))
    );
    await Promise.all(this.all.map(async communicator => communicator.endCell()));
    return results;
  }

  /** Resolves once this many events of a type were heard. */
  untilHeard(type: CommunicatorEvent['type'], count: number): Promise<void> {
    return new Promise(resolve => {
      const look = (): void => {
        if (this.heard.filter(({ event }) => event.type === type).length >= count) resolve();
      };
      this.#listeners.push(look);
      look();
    });
  }

  openEpoch(reason?: Reason): void {
    this.#epoch += 1;
    for (const communicator of this.all) communicator.openEpoch(this.#epoch, reason);
  }

  stop(): void {
    for (const communicator of this.all) void communicator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** As the controller does: the first report wins, and comes back later. */
  #answer(reason: Reason): void {
    if (this.#isOpening) return;
    this.#isOpening = true;
    setImmediate(() => {
      this.#isOpening = false;
      this.openEpoch(reason);
    });
  }
}

/** Runs a program on new ranks that all use one topology. @throws the first error of a rank */
export async function runOnRanks<R>(
  topology: Topology,
  program: (communicator: EngineCommunicator) => Promise<R>,
  options: { nodesPerMachine?: number } = {}
): Promise<R[]> {
  const ranks = await Ranks.start(topology.size, options);
  try {
    return await Promise.all(
      ranks.all.map(communicator => {
        communicator.setTopology(topology);
        communicator.beginCell();
        return program(communicator);
      })
    );
  } finally {
    ranks.stop();
  }
}
