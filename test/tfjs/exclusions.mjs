/** Tests of tfjs-core that are not asked of a backend, each with its reason. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';

const nativeFolder = fileURLToPath(new URL('../../.venv/decentlab', import.meta.url));

const OWN = {
  tensorflow: [
    {
      test: /^round int32$/,
      reason: 'TensorFlow 2.21 rounds a whole number to another one: -12345678 to 0'
    }
  ],
  torch: [
    {
      test: /^gather throws when index is out of bound$/,
      reason: 'PyTorch refuses the index too, in its own words: "index out of range in self"'
    },
    {
      test: /^maxPool \[x=\[3,3,1\] f=\[2,2\] s=1 ignores NaNs$/,
      reason:
        'the largest of a window with NaN is NaN in PyTorch, as in every other sum and maximum'
    }
  ]
};

/** What tfjs-node leaves out of this suite for TensorFlow, which its package lists. */
function listOfTfjsNode() {
  const setup = JSON.parse(readFileSync(join(nativeFolder, 'tensorflow', 'setup.json'), 'utf8'));
  const text = readFileSync(join(setup.package, 'dist', 'run_tests.js'), 'utf8');
  const list = /var IGNORE_LIST = (\[[^]*?\n\]);/.exec(text)?.[1] ?? '[]';
  // A list of texts, and nothing else.
  return runInNewContext(list).map(part => {
    const said = part.replaceAll(/ test-tensorflow \{\}/g, '');
    return { test: { test: name => name.includes(said) }, reason: 'left out by tfjs-node itself' };
  });
}

/** The exclusions of a backend: `test` matches the full name. */
export function exclusions(backend) {
  const own = OWN[backend] ?? [];
  return backend === 'tensorflow' ? [...own, ...listOfTfjsNode()] : own;
}
