/** The process of a notebook's client cells. Its parent, the kernel, survives whatever a cell does here. */
import { yieldMemory } from '../../memory.js';
import { programUrl } from '../../package.js';
import { privateFolder } from '../../platform.js';
import { Executor } from './executor.js';
import type { CommEvent } from './comms.js';
import type { Run } from './context.js';
import { startGuard } from './guard.js';
import { openPage } from './page.js';
import { createStopMemory } from './stop-memory.js';
import type { CellResult, CompiledCell, Output } from './types.js';

/** From the kernel. */
type Incoming =
  | { readonly type: 'run'; readonly run: Run; readonly cell: CompiledCell }
  | { readonly type: 'ping'; readonly number: number }
  | CommEvent
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly value?: unknown;
      readonly error?: string;
    };

/** To the kernel. */
type Outgoing =
  | { readonly type: 'ready' }
  | { readonly type: 'pong'; readonly number: number }
  | { readonly type: 'output'; readonly id: string | undefined; readonly output: Output }
  | { readonly type: 'result'; readonly id: string; readonly result: CellResult }
  | { readonly type: 'message'; readonly message: unknown }
  | { readonly type: 'request'; readonly id: number; readonly message: unknown };

/** How the library reaches the kernel, e.g. to have the source of `view.execute` compiled. */
interface Host {
  send(message: unknown): void;
  request(message: unknown): Promise<unknown>;
}

const sendToKernel = process.send?.bind(process);
// A library that finds `send` takes our kernel for its own parent.
delete process.send;
const send = (message: Outgoing): void => void sendToKernel?.(message);
const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
let requests = 0;

const host: Host = {
  send: message => send({ type: 'message', message }),
  request: message =>
    new Promise((resolve, reject) => {
      const id = ++requests;
      pending.set(id, { resolve, reject });
      send({ type: 'request', id, message });
    })
};
Object.defineProperty(globalThis, Symbol.for('decentlab.host'), { value: host });

const outputFolder = process.argv[2] ?? privateFolder('decentlab-cells-');
const stopMemory = createStopMemory();
const executor = new Executor({
  cwd: process.cwd(),
  preludeUrl: programUrl('index').href,
  room: { folder: outputFolder, prefix: 'cells', sharers: 1 },
  stopMemory,
  onOutput: (output, id) => send({ type: 'output', id, output })
});

const page = openPage({
  send: event => host.send(event),
  report: (what, error) => executor.report(what, error),
  ask: async question => String(await host.request({ type: 'input', ...question }))
});
for (const [name, value] of Object.entries(page.globals))
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

process.on('message', (message: Incoming) => {
  switch (message.type) {
    case 'run':
      return void run(message);
    case 'ping':
      return send({ type: 'pong', number: message.number });
    case 'comm':
      return page.receive(message);
    case 'reply':
      return settle(message);
  }
});
process.on('disconnect', () => process.exit());
process.on('exit', () => executor.flush());

yieldMemory();
startGuard({ stopMemory, folder: outputFolder, onStop: () => executor.lookForStop() });
await executor.prepare();
send({ type: 'ready' });

async function run({ run, cell }: Extract<Incoming, { type: 'run' }>): Promise<void> {
  const { id } = run;
  const result = await executor.run(cell, run);
  try {
    send({ type: 'result', id, result });
  } catch (error) {
    // A MIME bundle may hold what cannot travel, such as a function.
    send({ type: 'result', id, result: { status: 'error', error: executor.describe(error) } });
  }
}

function settle({ id, value, error }: Extract<Incoming, { type: 'reply' }>): void {
  const waiting = pending.get(id);
  pending.delete(id);
  if (error === undefined) waiting?.resolve(value);
  else waiting?.reject(new Error(error));
}
