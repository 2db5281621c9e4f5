/** In which folders sockets may stand: on this machine's own disk, with a short path. */
import { rmdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canHoldSockets, privateFolder } from '../../../kernel-runtime/src/platform.js';

const EXT4 = 0xef53;

describe('sockets', () => {
  it.each<[string, string, number | null, boolean]>([
    ['ext4', '/tmp', EXT4, true],
    ['tmpfs', '/run/user/1000', 0x01021994, true],
    ['overlayfs, in a container', '/tmp', 0x794c7630, true],
    ['NFS', '/home/ann/tmp', 0x6969, false],
    ['CIFS', '/mnt/share', 0xff534d42, false],
    ['SMB 2 and 3', '/mnt/share', 0xfe534d42, false],
    ['FUSE, as sshfs', '/home/ann/tmp', 0x65735546, false],
    ['Lustre', '/scratch', 0x0bd00bd0, false],
    ['GPFS', '/gpfs/ann', 0x47504653, false],
    ['9P, a folder that a virtual machine shares', '/host/tmp', 0x01021997, false],
    ['a path that is too long for a socket', `/${'x'.repeat(90)}`, EXT4, false],
    ['a folder that nobody may write to', '/tmp', null, false]
  ])('%s', (_, folder, fileSystem, expected) => {
    expect(canHoldSockets(folder, fileSystem)).toBe(expected);
  });

  it('stand in /tmp when TMPDIR is too long', () => {
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = `/tmp/${'long-'.repeat(20)}`;
    try {
      const folder = privateFolder('decentlab-test-');
      rmdirSync(folder);
      expect(folder).toMatch(/^\/tmp\/decentlab-test-\w{6}$/);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });
});
