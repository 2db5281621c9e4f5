/** A part of the test-suite of tfjs-core on the device. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { packageRoot } from '../../../package.js';
import { outputOf } from '../bench/exchange/program.js';
import { EXACT, torchEnvironment } from './children.js';
import type { Part } from './part.js';

const SUITE = join(dirname(packageRoot), 'test', 'tfjs', 'suite.mjs');
/** On the processor, a few; on a GPU all. */
const FEW = 'matmul';
const COUNT = /^(\d+) passed, (\d+) failed, (\d+) excluded$/m;
const SHOWN = 12;
const LIMIT_MS = 1_800_000;

export const suitePart: Part = {
  name: 'tfjs-core',
  shows: 'the test-suite of tfjs-core on the device',
  async run({ kind }) {
    if (!existsSync(SUITE)) throw new Error(`${SUITE} is not there: it needs a checkout or a pack`);
    const env = {
      ...(await torchEnvironment(kind)),
      DECENTLAB_SUITE_KIND: kind,
      ...EXACT
    };
    const args = ['torch', ...(kind === 'cpu' ? [FEW] : [])];
    const command = [process.execPath, SUITE, ...args, '--lenient'];
    const text = await outputOf(command, { env, limitMs: LIMIT_MS });
    const [line, passed, failed] = COUNT.exec(text) ?? [];
    if (line === undefined) throw new Error(`it did not end: ${text.slice(-200)}`);
    const wrong = text.split('\n').filter(one => one.startsWith('✗'));
    return {
      isRight: Number(failed) === 0 && Number(passed) > 0,
      lines: [line, ...wrong.slice(0, SHOWN)],
      figures: { passed: Number(passed), failed: Number(failed) }
    };
  }
};
