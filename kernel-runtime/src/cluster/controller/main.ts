/** The controller process: told on standard input what to start, it prints how far it is, then serves until its end. */
import { text } from 'node:stream/consumers';

import { optimizeEarly } from '../../optimize-early.js';
import { reasonOf } from '../protocol/reason.js';
import { isControllerConfig, type StartEvent } from '../protocol/start.js';
import { Controller } from './controller.js';

/** The goodbye to clients is on its way; nothing else is left to do. */
const GOODBYE_MS = 100;
const END_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

const config: unknown = JSON.parse(await text(process.stdin));
if (!isControllerConfig(config)) throw new Error('Standard input is no configuration.');

const controller = new Controller(config, () => setTimeout(() => process.exit(), GOODBYE_MS));
for (const signal of END_SIGNALS)
  process.on(signal, () => void controller.stop(`its controller received ${signal}`));
// The starter leaves when the cluster is ready, and takes its end of the pipe with it.
process.stdout.on('error', () => undefined);

try {
  const file = await controller.start(ready => tell({ type: 'progress', ready }));
  optimizeEarly();
  tell({ type: 'ready', file });
} catch (error) {
  const cause = error instanceof Error ? error.message : String(error);
  const reason = reasonOf(error);
  tell({ type: 'failed', cause, ...(reason && { reason }) });
  await controller.stop('it could not start');
}

function tell(event: StartEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
