/** Prints the time of one neighborAllreduce on a ring of four processes: `node test/cluster/collectives/measure.mjs`. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIZE = 4;
const cases = [
  { label: '1 KB', length: 128, turns: 2000 },
  { label: '8 MB', length: 1 << 20, turns: 20 }
];

const folder = mkdtempSync(join(tmpdir(), 'dl-'));
const token = randomBytes(32).toString('hex');
const children = Array.from({ length: SIZE }, (_, rank) =>
  fork(new URL('rank-process.mjs', import.meta.url), [
    JSON.stringify({ rank, size: SIZE, token, folder, epoch: 0 })
  ])
);
await Promise.all(children.map(child => told(child, 'ready')));
for (const { label, length, turns } of cases) {
  const times = await Promise.all(
    children.map(async child => {
      child.send({ command: 'time', argument: { length, turns } });
      return (await told(child, 'value')).value;
    })
  );
  console.log(`${label}: ${Math.max(...times).toFixed(3)} ms a step, ring of ${SIZE}`);
}
for (const child of children) child.disconnect();
rmSync(folder, { recursive: true, force: true });

/** What a process tells next of this kind. */
async function told(child, type) {
  for (;;) {
    const [said] = await once(child, 'message');
    if (said.type === type) return said;
  }
}
