import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withHugePages } from '../../../kernel-runtime/src/cluster/launch/huge-pages.js';

const script = `
  const faults = () => Number(require('fs').readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')[7]);
  const before = faults();
  new Float32Array(8e6).fill(1);
  console.log(faults() - before);
`;
const faultsIn = (env: NodeJS.ProcessEnv): number =>
  Number(execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }));

it.runIf(isOffered())('touches large arrays in huge pages where the system offers them', () => {
  const plain = { ...process.env, GLIBC_TUNABLES: '' };
  expect(faultsIn(withHugePages(plain))).toBeLessThan(faultsIn(plain) / 2);
});

it.each([
  [undefined, 'glibc.malloc.hugetlb=1'],
  ['glibc.malloc.arena_max=2', 'glibc.malloc.arena_max=2:glibc.malloc.hugetlb=1'],
  ['glibc.malloc.hugetlb=0', 'glibc.malloc.hugetlb=0']
])('keeps what the user has set: %s', (given, expected) => {
  expect(withHugePages({ GLIBC_TUNABLES: given })['GLIBC_TUNABLES']).toBe(expected);
});

/** By this system on demand, and through glibc 2.35 or later. */
function isOffered(): boolean {
  const setting = '/sys/kernel/mm/transparent_hugepage/enabled';
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const [major = 0, minor = 0] = header.glibcVersionRuntime?.split('.').map(Number) ?? [];
  const isNew = major > 2 || (major === 2 && minor >= 35);
  return isNew && existsSync(setting) && readFileSync(setting, 'utf8').includes('[madvise]');
}
