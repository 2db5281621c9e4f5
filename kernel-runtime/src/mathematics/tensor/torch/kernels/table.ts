/** TensorFlow.js's kernels as operators of PyTorch. Those that are not here run on the processor (`backend/register.ts`). */
import type { Kernels } from '../backend/register.js';
import { batchNorms } from './batch-norm.js';
import { convolutions } from './convolutions.js';
import { elementwise } from './elementwise.js';
import { linear } from './linear.js';
import { optimizers } from './optimizers.js';
import { pooling } from './pooling.js';
import { reductions } from './reductions.js';
import { shapes } from './shapes.js';

export const kernels: Kernels = {
  ...elementwise,
  ...reductions,
  ...linear,
  ...convolutions,
  ...batchNorms,
  ...pooling,
  ...optimizers,
  ...shapes
};
