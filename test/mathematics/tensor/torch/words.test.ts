/** What PyTorch says of a GPU becomes one error of the table, as its own source words it: none can be provoked without one. */
import { describe, expect, it } from 'vitest';
import type { DecentLabError } from '../../../../kernel-runtime/src/errors.js';
import { hasNvidia } from '../../../../kernel-runtime/src/mathematics/tensor/devices.js';
import { explain } from '../../../../kernel-runtime/src/mathematics/tensor/torch/addon.js';

const ADVICE =
  "\nSearch for `cudaErrorAssert' in https://docs.nvidia.com/cuda for more information.\nCUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1\n";
const noDevice = hasNvidia() ? 'DEVICE_MISSING' : 'TORCH_DRIVER';

describe('An error of a GPU', () => {
  it.each([
    ['CUDA error: device-side assert triggered', 'DEVICE_LOST', /cluster\.restart\(rank\)/],
    [
      'CUDA error: an illegal memory access was encountered',
      'DEVICE_LOST',
      /the other ranks go on/
    ],
    ['CUDA error: unspecified launch failure', 'DEVICE_LOST', /computes no more for this rank/],
    ['CUDA error: invalid device ordinal', noDevice, /nvidia-smi/],
    ['No CUDA GPUs are available', noDevice, /nvidia-smi/],
    ['CUDA error: no CUDA-capable device is detected', noDevice, /nvidia-smi/],
    [
      'Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!',
      'TENSOR_DEVICES',
      /x\.to\('cuda:0'\)/
    ],
    ['CUDA error: invalid argument', 'OPERATOR_FAILED', /Variables are kept/]
  ])('"%s" is %s, in one line', (said, code, remedy) => {
    const thrown = Object.assign(new Error(said + ADVICE), { code: 'ATEN' });
    const error = explain('aten.index_select', thrown) as DecentLabError;
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(remedy);
    expect(error.message).toMatch(/^aten\.index_select[^\n]*$/);
    expect(error.cause).toBe(thrown);
  });
});
