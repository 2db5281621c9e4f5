/**
 * Kernel `MaxPoolGrad`: the gradient of a pooling by maxima goes to the first largest entry of each window. The backend's
 * own kernel leaves zeros for every image of the batch but the first.
 */
import type { Tensorflow } from '../tensorflow.js';
import { Heap, wasmKernel, type KernelCall, type TensorInfo, type WasmKernel } from './heap.js';

/** As TensorFlow.js names them. */
interface Attributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type PoolInfo = ReturnType<Tensorflow['backend_util']['computePool2DInfo']>;

/** The kernel for this instance of TensorFlow.js. */
export function maxPoolGradient(tf: Tensorflow): WasmKernel {
  type Call = KernelCall<{ dy: TensorInfo; input: TensorInfo }, Attributes>;
  return wasmKernel('MaxPoolGrad', ({ inputs, attrs, backend }: Call) => {
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    const shape = inputs.input.shape as [number, number, number, number];
    const info = tf.backend_util.computePool2DInfo(
      ...([shape, filterSize, strides, 1, pad, dimRoundingMode] as const)
    );
    const heap = new Heap(tf, backend);
    const gradient = heap.output(shape);
    const [dx, x, dy] = [gradient, inputs.input, inputs.dy].map(tensor => heap.values(tensor));
    dx.fill(0);
    scatter(dx, x, dy, info);
    return gradient;
  });
}

function scatter(dx: Float32Array, x: Float32Array, dy: Float32Array, info: PoolInfo): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  let at = 0;
  for (let b = 0; b < batchSize; b++)
    for (let r = 0; r < outHeight; r++) {
      const top = Math.max(0, r * strideHeight - padInfo.top);
      const bottom = Math.min(
        inHeight,
        r * strideHeight - padInfo.top + info.effectiveFilterHeight
      );
      for (let s = 0; s < outWidth; s++) {
        const left = Math.max(0, s * strideWidth - padInfo.left);
        const right = Math.min(inWidth, s * strideWidth - padInfo.left + info.effectiveFilterWidth);
        for (let c = 0; c < inChannels; c++, at++) {
          let largest = -1;
          for (let row = top; row < bottom; row++)
            for (let column = left; column < right; column++) {
              const entry = ((b * inHeight + row) * inWidth + column) * inChannels + c;
              if (largest < 0 || x[entry] > x[largest]) largest = entry;
            }
          if (largest >= 0) dx[largest] += dy[at];
        }
      }
    }
}
