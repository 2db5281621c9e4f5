/** The gradient of max(0, x), dy where x > 0, as one operation in place of three. */
import type { Tensor } from '@tensorflow/tfjs';

import type { Tensorflow } from '../tensorflow.js';
import { fusedKernels, hasFused, isRecording, runFused } from './kernels.js';

/** Registers it in place of TensorFlow.js's own, which stays for backends without the kernel and for second gradients. */
export function fuseReluGradient(tf: Tensorflow): void {
  const inParts = tf.getGradient('Relu');
  tf.registerGradient({
    ...inParts,
    gradFunc: (dy, saved, attributes) => {
      if (isRecording(tf) || !hasFused(tf, fusedKernels.reluGradient))
        return inParts.gradFunc(dy, saved, attributes);
      const inputs = { dy: dy as Tensor, x: saved[0] };
      return { x: () => runFused(tf, fusedKernels.reluGradient, { inputs })[0] };
    }
  });
}
