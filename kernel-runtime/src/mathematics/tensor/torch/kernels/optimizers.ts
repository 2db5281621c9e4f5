/** Kernels that move all variables of a model at once. */
import { fusedKernels } from '../../fused/kernels.js';
import { several } from '../backend/operators.js';
import type { Kernel, Kernels } from '../backend/register.js';
import { listed } from './elementwise.js';

const times = several('_foreach_mul', 'Tensor');
const plus = several('_foreach_add', 'List');

/** v ← m v + g and x ← x − γ v, or x ← x − γ (g + m v); in new memory, as others may hold what the variables were. */
const momentum: Kernel = (inputs, { learningRate, useNesterov }) => {
  const handles = listed(inputs);
  const count = (handles.length - 1) / 3;
  const part = (k: number): number[] => handles.slice(k * count, (k + 1) * count);
  const [g, v, x, m] = [part(0), part(1), part(2), handles[3 * count]];
  const moved = plus(times(v, m), g);
  const ahead = useNesterov ? plus(times(moved, m), g) : moved;
  return [...moved, ...plus(x, ahead, -learningRate!)];
};

export const optimizers: Kernels = { [fusedKernels.momentum]: momentum };
