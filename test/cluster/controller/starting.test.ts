/** How a controller starts many engines. */
import { expect, it } from 'vitest';

import { Controller } from '../../../kernel-runtime/src/cluster/controller/controller.js';
import { localLauncher } from '../../../kernel-runtime/src/cluster/launch/local.js';
import { privateFolder } from '../../../kernel-runtime/src/platform.js';

const SIZE = 200;

it('starts no more engines at once than have processors to start on', async () => {
  const started: number[] = [];
  const local = localLauncher(() => ['false']);
  const controller = new Controller(
    {
      ...{ id: 'many', token: '0'.repeat(64), folder: privateFolder('decentlab-test-') },
      ...{ startedAt: new Date().toISOString(), size: SIZE, name: null, cwd: process.cwd() },
      ...{ execArgv: [], stallAfter: 5_000, heartbeat: 5_000, idleLimit: 60_000 }
    },
    () => undefined,
    {
      start(options) {
        started.push(options.config.rank);
        return local.start(options);
      }
    }
  );
  // Each of the first ones ends instead of becoming ready, so that no other one has its turn.
  await expect(controller.start(() => undefined)).rejects.toThrow('could not start (exit code 1');
  await controller.stop('it could not start');
  expect(started.length).toBeGreaterThan(0);
  expect(started.length).toBeLessThan(SIZE);
  expect(started).toEqual(started.map((_, k) => k));
});
