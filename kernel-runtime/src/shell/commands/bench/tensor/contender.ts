/**
 * The process of one contender that runs in Node: `aten`, a backend of TensorFlow.js by its name, or `nothing`; with
 * `aten`, the device as PyTorch names it.
 */
import { createInterface } from 'node:readline';

import type { Tensor2D } from '@tensorflow/tfjs';

import { BACKEND_VARIABLE } from '../../../../mathematics/tensor/choice.js';
import { loadTensorflow } from '../../../../mathematics/tensor/tensorflow.js';
import { aten } from '../../../../mathematics/tensor/torch/exported.js';
import {
  defaultDevice,
  tensor,
  type TorchTensor
} from '../../../../mathematics/tensor/torch/tensor.js';
import { NOTHING, registerNothing } from './nothing.js';
import type { Wanted } from './side.js';

type Calls = Readonly<Record<string, () => void>>;

interface Contender {
  readonly calls: Calls;
  /** Waits for what a device still computes; absent where calls return when they are done. */
  readonly finish?: () => Promise<unknown>;
}

const [ROWS, COLUMNS, SIZE, STEP] = [1000, 100, 1024, 1e-6];
const filled = (length: number, value: number): Float32Array =>
  new Float32Array(length).fill(value);

/** x - γ Aᵀ(A x - b), and the others, with PyTorch's operators. */
function withAten(device: string): Contender {
  defaultDevice(device);
  const small = tensor(filled(10, 1));
  const M = tensor(filled(SIZE * SIZE, 0.5), { shape: [SIZE, SIZE] });
  const A = tensor(filled(ROWS * COLUMNS, 0.1), { shape: [ROWS, COLUMNS] });
  const At = aten.t(A);
  const b = tensor(filled(ROWS, 1), { shape: [ROWS, 1] });
  let x = tensor(filled(COLUMNS, 0), { shape: [COLUMNS, 1] });
  const done = (...tensors: TorchTensor[]): void => tensors.forEach(one => one.dispose());
  const calls = {
    add: () => small.add(small).dispose(),
    matmul: () => aten.matmul(M, M).dispose(),
    leastSquares: () => {
      const Ax = aten.matmul(A, x);
      const r = Ax.sub(b);
      const g = aten.matmul(At, r);
      const step = g.mul(STEP);
      const next = x.sub(step);
      done(Ax, r, g, step, x);
      x = next;
    }
  };
  // A read comes after all that the device was given before.
  return device === 'cpu' ? { calls } : { calls, finish: () => small.data() };
}

/** The same with TensorFlow.js. */
async function withTensorflow(backend: string): Promise<Contender> {
  process.env[BACKEND_VARIABLE] = backend === NOTHING ? 'cpu' : backend;
  const tf = await loadTensorflow();
  if (backend === NOTHING) {
    registerNothing(tf);
    await tf.setBackend(NOTHING);
  }
  const small = tf.tensor(filled(10, 1));
  const M = tf.tensor2d(filled(SIZE * SIZE, 0.5), [SIZE, SIZE]);
  const A = tf.tensor2d(filled(ROWS * COLUMNS, 0.1), [ROWS, COLUMNS]);
  const b = tf.tensor2d(filled(ROWS, 1), [ROWS, 1]);
  let x: Tensor2D = tf.zeros([COLUMNS, 1]);
  const calls = {
    add: () => tf.add(small, small).dispose(),
    matmul: () => tf.matMul(M, M).dispose(),
    leastSquares: () => {
      const next = tf.tidy(() => {
        const r = tf.sub<Tensor2D>(tf.matMul(A, x), b);
        return tf.sub<Tensor2D>(x, tf.mul(tf.matMul(A, r, true), STEP));
      });
      x.dispose();
      x = next;
    }
  };
  return { calls };
}

const [which, device = 'cpu'] = process.argv.slice(2);
const { calls, finish } = which === 'aten' ? withAten(device) : await withTensorflow(which);
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [name, batches, batch] = JSON.parse(line) as Wanted;
  const call = calls[name];
  const times: number[] = [];
  for (let turn = 0; turn < batches; turn++) {
    const started = performance.now();
    for (let k = 0; k < batch; k++) call();
    // An await would cost what computes at once a turn of the event loop.
    if (finish) await finish();
    times.push((1000 * (performance.now() - started)) / batch);
  }
  console.log(JSON.stringify(times));
}
