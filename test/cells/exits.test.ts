/** Why a process that runs cells has ended, where the system ended it for want of memory: in a real control group. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { describeExit } from '../../kernel-runtime/src/platform.js';
import { root } from '../helpers/project.js';

const LIMIT_MB = 200;
const ROOT = '/sys/fs/cgroup';
const isNew = existsSync(join(ROOT, 'cgroup.controllers'));
const group = join(isNew ? ROOT : join(ROOT, 'memory'), `decentlab-exits-${process.pid}`);
const refusal = makeGroup();

/** The reason why there is no group, or null. */
function makeGroup(): string | null {
  if (process.platform !== 'linux') return 'control groups are Linux';
  try {
    mkdirSync(group);
    const file = isNew ? 'memory.max' : 'memory.limit_in_bytes';
    writeFileSync(join(group, file), String(LIMIT_MB * 2 ** 20));
    return null;
  } catch (error) {
    return `no control group with a memory limit can be made here: ${(error as Error).message}`;
  }
}

afterAll(() => {
  if (existsSync(group)) rmdirSync(group);
});

/** In the group: a process that takes more than all of it, and what is counted before and after. */
const program = `
  import { spawnSync } from 'node:child_process';
  import { writeFileSync } from 'node:fs';
  import { memoryKills } from ${JSON.stringify(join(root, 'kernel-runtime/dist/memory.js'))};
  writeFileSync(${JSON.stringify(join(group, 'cgroup.procs'))}, String(process.pid));
  const before = memoryKills();
  const { signal } = spawnSync(process.execPath, ['-e', 'Buffer.alloc(1e9, 1)']);
  console.log(JSON.stringify({ signal, kills: memoryKills() - before }));
`;

describe('The system', () => {
  it('counts the processes that it ends at the limit of their group', context => {
    if (refusal !== null) return context.skip(refusal);
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', program]);
    expect(JSON.parse(said.toString())).toEqual({ signal: 'SIGKILL', kills: 1 });
  });
});

describe('A process that was killed', () => {
  const exit = { code: null, signal: 'SIGKILL', said: '', heapLimit: 100 } as const;

  it.each([
    ['by the system, which counts it', { ...exit, memoryKills: 1 }, /^out of memory: .* \d+ MB/],
    ['by somebody', { ...exit, memoryKills: 0 }, /^signal SIGKILL: somebody ended it/],
    [
      'by its own guard, which says so, although the system counts another one',
      { ...exit, said: 'text\nOut of memory: it used 1 MB\nmore', memoryKills: 1 },
      /^out of memory: it used 1 MB$/
    ],
    [
      'by another signal',
      { ...exit, signal: 'SIGTERM', memoryKills: 1 } as const,
      /^signal SIGTERM: somebody asked it to end$/
    ]
  ])('%s is described so', (_, how, expected) => {
    expect(describeExit(how)).toMatch(expected);
  });
});
