/** How much memory engines find, and whether they fit: of the machine, or of the groups that a container is in. */
import { describe, expect, it } from 'vitest';
import { assertRoom } from '../../../kernel-runtime/src/cluster/launch/room.js';
import { DecentLabError } from '../../../kernel-runtime/src/errors.js';
import { freeMemory } from '../../../kernel-runtime/src/memory.js';

const MB = 1e6;
const machine = { '/proc/meminfo': 'MemTotal: 8000000 kB\nMemAvailable:    4000000 kB\n' };
const version2 = (folder: string, limit: string, used: number, cache = 0) => ({
  [`/sys/fs/cgroup${folder}/memory.max`]: `${limit}\n`,
  [`/sys/fs/cgroup${folder}/memory.current`]: `${used}\n`,
  [`/sys/fs/cgroup${folder}/memory.stat`]: `anon 1\ninactive_file ${cache}\nactive_file 7\n`
});
const version1 = (folder: string, limit: string, used: number, cache = 0) => ({
  [`/sys/fs/cgroup/memory${folder}/memory.limit_in_bytes`]: `${limit}\n`,
  [`/sys/fs/cgroup/memory${folder}/memory.usage_in_bytes`]: `${used}\n`,
  [`/sys/fs/cgroup/memory${folder}/memory.stat`]: `inactive_file 5\ntotal_inactive_file ${cache}\n`
});

describe('the free memory', () => {
  it.each<[string, Record<string, string>, number]>([
    ['is what the machine has, without a group', machine, 4096 * MB],
    [
      'is what a container of version 2 leaves',
      { ...machine, '/proc/self/cgroup': '0::/\n', ...version2('', '1000000000', 400 * MB) },
      600 * MB
    ],
    [
      'counts files that nobody reads as free',
      { ...machine, '/proc/self/cgroup': '0::/\n', ...version2('', '1000000000', 900 * MB, 5e8) },
      600 * MB
    ],
    [
      'is limited by a group above the own one, too',
      {
        ...machine,
        '/proc/self/cgroup': '0::/user.slice/lab.service\n',
        ...version2('/user.slice/lab.service', 'max', 100 * MB),
        ...version2('/user.slice', '700000000', 600 * MB)
      },
      100 * MB
    ],
    [
      'is what a container of version 1 leaves, whose own path is not in sight',
      {
        ...machine,
        '/proc/self/cgroup': '9:cpu:/x\n4:memory:/docker/abc\n0::/\n',
        ...version1('', '500000000', 450 * MB, 2e8)
      },
      250 * MB
    ],
    [
      'is what the machine has, where the limit is beyond it',
      {
        ...machine,
        '/proc/self/cgroup': '4:memory:/\n',
        ...version1('', '9223372036854771712', 1 * MB)
      },
      4096 * MB
    ],
    [
      'is nothing, never less',
      { ...machine, '/proc/self/cgroup': '0::/\n', ...version2('', '100000000', 200 * MB) },
      0
    ]
  ])('%s', (_, files, expected) => {
    const text = (path: string): string | null => files[path] ?? null;
    expect(Math.round(freeMemory(text) / 1e5)).toBe(Math.round(expected / 1e5));
  });

  it('of this machine is a number of bytes', () => {
    expect(freeMemory()).toBeGreaterThan(1e6);
  });
});

describe('engines', () => {
  const said = (engines: number, replaced: number, free: number): string | null => {
    try {
      assertRoom(engines, replaced, free);
      return null;
    } catch (error) {
      expect((error as DecentLabError).code).toBe('MEMORY_SHORT');
      return (error as DecentLabError).message;
    }
  };

  it.each<[number, number, number, string | null]>([
    [8, 0, 500 * MB, null],
    [8, 0, 250 * MB, '8 engines need about 480 MB, and 250 MB are free: start 4? '],
    [2, 0, 30 * MB, '2 engines need about 120 MB, and 30 MB are free: none fits. '],
    // Those of a cluster that is replaced make room.
    [8, 4, 250 * MB, null]
  ])('%i instead of %i with %i bytes free', (engines, replaced, free, expected) => {
    const sentence = said(engines, replaced, free);
    if (expected === null) expect(sentence).toBeNull();
    else expect(sentence).toContain(expected);
  });
});
