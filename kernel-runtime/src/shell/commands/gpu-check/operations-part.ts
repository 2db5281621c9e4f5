/** Single operations on the device beside those of Python's torch, by `aten` and without TensorFlow.js. */
import { THREADS_VARIABLE } from '../../../mathematics/tensor/threads.js';
import { programFile } from '../../../package.js';
import { median } from '../bench/statistics.js';
import { pythonTorch } from '../bench/tensor/python-torch.js';
import { ROWS } from '../bench/tensor/rows.js';
import { Side } from '../bench/tensor/side.js';
import { timeInTurns } from '../bench/tensor/turns.js';
import { torchPython } from '../bench/torch-python.js';
import { torchDevice, torchEnvironment } from './children.js';
import type { Part } from './part.js';

/** Both take turns so many times; of each turn the fastest batch counts, of the turns the median. */
const TURNS = { gpu: 6, cpu: 1 };

export const operationsPart: Part = {
  name: 'operations',
  shows: 'an addition, a product of matrices and a least-squares step beside Python’s torch',
  async run({ kind, progress }) {
    const env: NodeJS.ProcessEnv = { ...(await torchEnvironment(kind)), [THREADS_VARIABLE]: '1' };
    const device = torchDevice(kind);
    const python = await torchPython();
    const visible = { CUDA_VISIBLE_DEVICES: env['CUDA_VISIBLE_DEVICES'] };
    const command = [process.execPath, programFile('bench/tensor-side'), 'aten', device];
    const sides = [
      await Side.start('ours', command, env),
      await pythonTorch({ ...python, env: { ...env, ...python.env, ...visible } }, device)
    ];
    const lines: string[] = [];
    const figures: Record<string, number> = {};
    try {
      for (const { what, name, batch, gpuBatch } of ROWS) {
        progress(what);
        const calls = kind === 'gpu' ? gpuBatch : batch;
        const times = await timeInTurns(sides, { name, batch: calls, turns: TURNS[kind] });
        const [ours, theirs] = sides.map(side => median(times[side.name]));
        lines.push(
          `${what}: ${ours.toFixed(1)} µs, Python torch ${theirs.toFixed(1)} µs: ${(ours / theirs).toFixed(2)} x`
        );
        Object.assign(figures, { [`${what}, µs`]: ours, [`${what}, Python, µs`]: theirs });
      }
    } finally {
      for (const side of sides) side.stop();
    }
    return { isRight: true, lines, figures };
  }
};
