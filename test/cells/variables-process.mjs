/** An engine's use of the executor, in a process of its own: variables and functions from outside. Prints one JSON line. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Executor } from '../../kernel-runtime/dist/cells/executor/executor.js';
import { createStopMemory } from '../../kernel-runtime/dist/cells/executor/stop-memory.js';

const executor = new Executor({
  cwd: process.cwd(),
  preludeUrl: new URL('../../kernel-runtime/dist/programs/index.js', import.meta.url).href,
  room: { folder: mkdtempSync(join(tmpdir(), 'decentlab-room-')), prefix: 'test', sharers: 1 },
  stopMemory: createStopMemory(),
  onOutput: () => {}
});
await executor.prepare();

const failed = error => `${error.name}: ${error.message}`;
const report = {};
let calls = 0;
const call = async (text, args) => {
  const result = await executor.call(text, args, { id: `call ${++calls}`, number: 0 });
  if (result.status === 'ok') return result.value;
  throw Object.assign(new Error(result.error.message), { name: result.error.name });
};
await executor.run(
  { name: 'cell 1', js: 'let own = 1; const twice = x => 2 * x; void 0;' },
  { id: '1', number: 1 }
);
await executor.setVariable('own', 5);
await executor.setVariable('pushed', Float64Array.of(1, 2));
report.own = await executor.getVariable('own');
report.pushed = Array.from(await executor.getVariable('pushed'));
report.seen = (
  await executor.run({ name: 'cell 2', js: 'twice(own)' }, { id: '2', number: 2 })
).data['text/plain'];
report.called = await call('async (a, b) => twice(a) + b + own', [1, 10]);
report.absent = await executor.getVariable('absent').catch(failed);
report.promise = await executor
  .setVariable('later', Promise.resolve(3))
  .then(() => call('async () => await later', []));
report.name = await executor.setVariable('a b', 1).catch(failed);
for (let k = 0; k < 3; k++)
  await executor.run({ name: 'cell 3', js: 'let again = 1; void 0;' }, { id: '3', number: 3 });
await executor.run({ name: 'cell 1', js: 'let own = 2; void 0;' }, { id: '4', number: 4 });
report.names = await executor.variableNames();
report.thrown = await call('() => { throw new RangeError("far") }', []).catch(failed);
process.send(report);
process.disconnect();
