/**
 * Operations whose gradients TensorFlow.js makes of many small ones, although libraries have one kernel for each. A backend
 * that registers these kernels trains with them; the others go on as before.
 */
import type { Tensorflow } from '../tensorflow.js';
import { fuseBatchNorm } from './batch-norm.js';
import { fuseBatchNormLayer } from './batch-norm-layer.js';
import { plainConvolutionLayer } from './convolution-layer.js';
import { fuseMomentum } from './momentum.js';
import { fuseReluGradient } from './relu-gradient.js';

/** Makes this instance of TensorFlow.js train with them, on backends that have them. Once. */
export function fuseOperations(tf: Tensorflow): void {
  fuseBatchNorm(tf);
  fuseBatchNormLayer(tf);
  plainConvolutionLayer(tf);
  fuseReluGradient(tf);
  fuseMomentum(tf);
}
