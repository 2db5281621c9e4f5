/**
 * Makes two tensors of 2 GB where there is room for one, and lets go of the first; then two that are kept.
 * Argument: the module `decentlab/torch`.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { aten, memory } = await import(process.argv[2]);
const GIGABYTE = 2 ** 30;
const make = () => aten.empty([2 * GIGABYTE], { dtype: 'uint8' });
aten.add(aten.ones([2]), 1);
const [, kilobytes] = /VmSize:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
execFileSync('prlimit', ['--pid', String(process.pid), `--as=${1024 * kilobytes + 3 * GIGABYTE}`]);
const codeOf = call => {
  try {
    return String(call().size);
  } catch (error) {
    return error.code;
  }
};
const garbage = codeOf(make);
const again = codeOf(make);
const kept = [];
const keep = () => {
  kept.push(make());
  return kept.at(-1);
};
const found = [codeOf(keep), codeOf(keep)];
console.log(JSON.stringify({ garbage, again, found, tensors: memory().tensors }));
