/**
 * A backend of TensorFlow.js that computes nothing: what is left is the time that TensorFlow.js itself takes for an
 * operation, which no backend can go below.
 */
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';

import type { Tensorflow } from '../../../../mathematics/tensor/tensorflow.js';

/** Its name, for `tf.setBackend`. */
export const NOTHING = 'nothing';

/** Makes it known, with the kernels that `bench tensor` calls. */
export function registerNothing(tf: Tensorflow): void {
  class Nothing extends tf.KernelBackend {
    override write(): object {
      return {};
    }

    override incRef(): void {
      // Nothing is kept.
    }

    override disposeData(): boolean {
      return true;
    }

    override numDataIds(): number {
      return 0;
    }

    override floatPrecision(): 32 {
      return 32;
    }
  }
  tf.registerBackend(NOTHING, () => new Nothing());
  const register = (kernelName: string, kernelFunc: KernelFunc): void =>
    tf.registerKernel({ kernelName, backendName: NOTHING, kernelFunc });
  const made = (shape: number[]): TensorInfo => ({ dataId: {}, shape, dtype: 'float32' });
  for (const name of ['Add', 'Sub', 'Multiply'])
    register(name, ({ inputs: { a, b } }) =>
      made(tf.backend_util.assertAndGetBroadcastShape(a!.shape, b!.shape))
    );
  register('BatchMatMul', ({ inputs: { a, b }, attrs }) =>
    made([attrs!['transposeA'] ? a!.shape[1] : a!.shape[0], b!.shape[1]])
  );
}
