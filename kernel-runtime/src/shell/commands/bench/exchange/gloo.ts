/** gloo beside ours, through torch.distributed: one Python process a rank. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../../../package.js';
import type { Reference } from '../references.js';
import { collectiveOperations, type Contender } from './contender.js';
import { readTimes } from './job.js';
import { wordsOf } from './mpi.js';
import { outputOf } from './program.js';

const SCRIPT = join(packageRoot, 'assets', 'bench', 'exchange.py');
const VERSION =
  'import torch, torch.distributed as d; assert d.is_available(); print(torch.__version__)';

/** gloo, or why it is not there. @param python the interpreter whose torch is used; defaults to `python3` on the PATH */
export async function glooContender(python = 'python3'): Promise<Reference<Contender>> {
  try {
    const version = (await outputOf([python, '-c', VERSION])).trim();
    return { found: contender(python), versions: { 'torch (gloo)': version } };
  } catch {
    return { missing: `gloo: ${python} has no torch; name another interpreter with --python` };
  }
}

function contender(python: string): Contender {
  return {
    name: 'gloo',
    operations: collectiveOperations,
    async measure(ranks, jobs) {
      const folder = mkdtempSync(join(tmpdir(), 'decentlab-gloo-'));
      try {
        const words = [join(folder, 'meet'), ...jobs.flatMap(wordsOf)];
        const outputs = await Promise.all(
          Array.from({ length: ranks }, (_, rank) =>
            outputOf([python, SCRIPT, String(rank), String(ranks), ...words])
          )
        );
        return readTimes(outputs[0]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  };
}
