/** The engine process: told on standard input which rank it is, it joins its controller and serves until that is gone. */
import { writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';

import { Executor } from '../../cells/executor/executor.js';
import { createGuard } from '../../cells/executor/guard.js';
import { refusePage } from '../../cells/executor/page.js';
import { createStopMemory } from '../../cells/executor/stop-memory.js';
import { DecentLabError } from '../../errors.js';
import { yieldMemory } from '../../memory.js';
import { optimizeEarly } from '../../optimize-early.js';
import { programUrl } from '../../package.js';
import { isRunnable } from '../../platform.js';
import { setContext } from '../collectives/speaker.js';
import { EngineCommunicator } from '../collectives/engine-communicator.js';
import { dialControl } from '../net/control.js';
import { Payloads } from '../net/payloads.js';
import { LOOKS } from '../net/silence.js';
import { spans } from '../net/spans.js';
import { encodeMessage, MAX_MESSAGE_BYTES } from '../protocol/codec.js';
import type { FromEngine } from '../protocol/engine-messages.js';
import { isEngineConfig } from '../protocol/start.js';
import type { MatrixClass } from '../protocol/values.js';
import { Engine } from './engine.js';
import { LiveTimes } from './live-times.js';
import { watchStalls } from './stall-watch.js';
import { startIoThread } from './start-io-thread.js';
import { StatsWatch } from './stats-watch.js';
import { Tasks } from './tasks.js';
import { EngineTimeline } from './timeline.js';

const STANDARD_ERROR = 2;

// A synchronous read would fail while whoever starts many engines has not closed its end yet.
const config: unknown = JSON.parse(await text(process.stdin));
if (!isEngineConfig(config)) throw new Error('Standard input is no configuration.');
const { rank, size, token, address, folder, epoch, stallAfter, heartbeat } = config;
const { topology, topologyName, nodesPerMachine, link: shape, host } = config;
// Clusters are steered from outside: `Cluster` looks for this mark.
Object.defineProperty(globalThis, Symbol.for('decentlab.engine'), { value: { rank, size } });

Object.assign(globalThis, refusePage());

const preludeUrl = programUrl('index').href;
const stopMemory = createStopMemory();
const executor = new Executor({
  cwd: process.cwd(),
  preludeUrl,
  room: { folder, prefix: `rank-${rank}`, sharers: size },
  stopMemory,
  onOutput: (output, runId) => engine.output(output, runId)
});
const guard = createGuard({
  stopMemory,
  beat: heartbeat / LOOKS,
  onStop: () => executor.lookForStop()
});
const communicator = new EngineCommunicator({
  ...{
    rank,
    size,
    token,
    folder,
    host,
    epoch,
    heartbeat,
    topology,
    topologyName,
    nodesPerMachine,
    shape
  },
  startLinks: options => startIoThread(options, endWithout, guard),
  report: event => {
    switch (event.type) {
      case 'disagreement':
        return engine.disagree(event.reason, event.epoch);
      case 'topology':
        return engine.tellTopology();
      case 'peer-silent':
      case 'peer-heard':
        return engine.tellOfPeer(event.type, event.rank);
      case 'peer-lost':
        // The controller's to tell: it sees the process end.
        return;
    }
  }
});
setContext(communicator);

const [place] = await Promise.all([communicator.listen(), executor.prepare()]);
const { Matrix } = (await import(preludeUrl)) as { Matrix: MatrixClass };
// Last, since the controller waits for the hello of a link only for a moment.
const link = await dialControl({
  address,
  token,
  maxPayload: MAX_MESSAGE_BYTES,
  isExcused: () => isRunnable(process.ppid)
});
link.onClose(() => process.exit());
const engine: Engine = new Engine({
  link,
  communicator,
  stats: new StatsWatch({ communicator, executor, live: new LiveTimes(communicator, size) }),
  tasks: new Tasks({
    rank,
    executor,
    payloads: new Payloads(folder, Matrix),
    timeline: new EngineTimeline({
      recorders: [spans, communicator.recorder],
      askTime: () => engine.askTime()
    })
  })
});
yieldMemory();
optimizeEarly();
watchStalls({
  stallAfter,
  waiting: () => communicator.waiting(),
  lineOf: async call => executor.lineOf(await communicator.whereIsWaiting(call)),
  tell: waiting => engine.wait(waiting)
});
const hello: FromEngine = {
  ...{ type: 'hello', role: 'engine', rank, pid: process.pid },
  ...(typeof place === 'string' ? {} : { place })
};
link.send(encodeMessage(hello));
// The controller knows how the graph begins.
engine.tellTopology();

/** The end of the I/O thread is the end of the engine; what is written here is read to the user. */
function endWithout(cause: string): void {
  writeSync(STANDARD_ERROR, `${new DecentLabError('IO_THREAD_ENDED', { rank, cause }).message}\n`);
  process.exit(1);
}
