/** One rank as a process of its own: does what its parent asks, and says what came of it and when. */
import { setImmediate } from 'node:timers/promises';

import { EngineCommunicator } from '../../../kernel-runtime/dist/cluster/collectives/engine-communicator.js';
import { serveLinks } from '../../../kernel-runtime/dist/cluster/collectives/link-service.js';
import { startIoThread } from '../../../kernel-runtime/dist/cluster/engine/start-io-thread.js';
import { ringGraph } from '../../../kernel-runtime/dist/mathematics/graph/circulant.js';

const { rank, size, token, folder, epoch, heartbeat, hasOneThread } = JSON.parse(process.argv[2]);
const report = event => process.send({ type: 'event', event });
const startLinks = options =>
  hasOneThread ? serveLinks(options) : startIoThread(options, cause => console.error(cause));
const communicator = new EngineCommunicator({
  ...{ rank, size, token, folder, epoch, heartbeat, report },
  startLinks
});
communicator.setTopology(ringGraph(size));
await communicator.listen();

const commands = {
  /** Averages with the neighbours for ever. */
  average: async length => {
    const x = new Float64Array(length).fill(rank);
    for (let k = 0; ; k++) {
      await communicator.neighborAllreduce(x);
      if (k === 0) process.send({ type: 'began' });
      await setImmediate();
    }
  },
  /** Begins an average and computes for so many milliseconds, without a turn of its loop; tells when that ended. */
  spin: async duration => {
    const average = communicator.neighborAllreduce(rank);
    const end = Date.now() + duration;
    while (Date.now() < end);
    await average;
    return end;
  },
  /** Averages, and tells when that ended. */
  averageOnce: async () => {
    await communicator.neighborAllreduce(rank);
    return Date.now();
  },
  allreduce: x => communicator.allreduce(x),
  /** Milliseconds of one partial averaging of float64 numbers, over some turns. */
  time: async ({ length, turns }) => {
    const x = new Float64Array(length).fill(rank);
    await communicator.neighborAllreduce(x);
    await communicator.barrier();
    const begin = performance.now();
    for (let k = 0; k < turns; k++) await communicator.neighborAllreduce(x);
    return (performance.now() - begin) / turns;
  },
  openEpoch: ({ epoch, reason }) => communicator.openEpoch(epoch, reason)
};

process.on('message', async ({ command, argument }) => {
  try {
    const value = await commands[command](argument);
    if (value !== undefined) process.send({ type: 'value', value });
  } catch ({ code, message }) {
    process.send({ type: 'error', code, message, at: Date.now() });
  }
});
process.on('disconnect', () => process.exit());
process.send({ type: 'ready' });
