/** The part of the table of errors that is about tensors: their backends, devices, models and data. */

type Detail = Record<string, unknown>;

/** As the entries of `errors.ts`, which holds these too. */
export const tensorErrors = {
  BACKEND_MISSING: {
    sentence: (d: Detail) => `The backend ${d.name} cannot be used here: ${d.reason}. ${d.remedy}`,
    remedy: 'Or compute with `auto`, the fastest that is set up; `decentlab doctor` lists all.'
  },
  BACKEND_DEVICE: {
    sentence: (d: Detail) =>
      `The backend ${d.name} was to compute on ${d.wanted}, but what is set up here computes on ${(d.can as string[]).join(' or ') || 'nothing else'}${d.why === undefined ? '' : `: ${d.why}`}.`,
    remedy: 'Choose another of `devices` and `backend`; `decentlab doctor` lists both.'
  },
  DEVICE_MISSING: {
    sentence: (d: Detail) =>
      `${d.wanted} was asked for, but this machine has ${(d.found as string[]).join(', ') || 'no GPU that its driver names'}.`,
    remedy:
      'Name GPUs that are there, or `auto`; if one is there and not listed, `nvidia-smi` says what its driver lacks.'
  },
  DEVICE_MEMORY: {
    sentence: (d: Detail) => `${deviceInWords(d.device)} has no room left on it (${d.cause}).`,
    remedy:
      'Use a smaller batch, dispose of tensors (tf.tidy), or start fewer engines on this GPU; the other ranks go on, and the variables of this one are kept.'
  },
  DEVICE_LOST: {
    sentence: (d: Detail) =>
      `${d.what}: the GPU computes no more for this rank, after this call or one shortly before it (${d.said}).`,
    remedy:
      'An index beyond the end of a tensor is the usual cause. Start this rank anew, `await cluster.restart(rank)`; the other ranks go on.'
  },
  MODEL_EMPTY: {
    sentence: (d: Detail) => `${d.what} has no trainable variables.`,
    remedy:
      'Build it first (give its first layer an `inputShape`), and leave at least one layer trainable.'
  },
  GRADIENT_INVALID: {
    sentence: (d: Detail) =>
      `The ${d.of} on rank ${d.rank} in step ${d.step} is not finite (${d.where}).`,
    remedy:
      'Nothing was sent, and the model is as before the step. Look for an empty batch, a logarithm of 0 or a division by 0 in the loss, or take a smaller step size γ.'
  },
  CHECKPOINT_OTHER: {
    sentence: (d: Detail) => `${d.what} is of ${d.saved}, but this is ${d.own}.`,
    remedy:
      'Name the folder of this run, or make model, algorithm and number of ranks as they were.'
  },
  DOWNLOAD_FAILED: {
    sentence: (d: Detail) => `${d.what} could not be fetched: ${d.cause}.`,
    remedy: 'Connect to the network and try again, or name a folder that has the files.'
  },
  TENSORFLOW_PLATFORM: {
    sentence: (d: Detail) =>
      `TensorFlow's library can be linked on Linux with an Intel, AMD or ARM processor of 64 bits; this is ${d.platform}:`,
    remedy: 'take the backend wasm or webgpu, or a machine with Linux (WSL on Windows).'
  },
  TENSORFLOW_PYTHON: {
    sentence: (d: Detail) =>
      `TensorFlow ${d.wanted} is there for Python ${d.oldest} to ${d.newest}, and .venv has Python ${d.version}:`,
    remedy:
      'delete .venv, name another Python with PYTHON=/path/to/python3, and run `npm run setup:tensorflow` again.'
  },
  TENSORFLOW_COMPILER: {
    sentence: (d: Detail) => `No C++ compiler was found (tried ${d.tried}):`,
    remedy: 'install one (`sudo apt install g++`), or name it with CXX=/path/to/g++.'
  },
  TENSORFLOW_DRIVER: {
    sentence: () => 'No driver of NVIDIA was found (neither /proc/driver/nvidia nor nvidia-smi):',
    remedy:
      'install it and see what `nvidia-smi` says; without a GPU, leave out `--cuda` for the processor.'
  },
  TENSORFLOW_BUILD: {
    sentence: (d: Detail) => `The binding for TensorFlow could not be built (${d.reason}):`,
    remedy: 'take g++ 9 or newer, or name one with CXX=/path/to/g++; setup.log has all it said.'
  },
  TENSORFLOW_LOAD: {
    sentence: (d: Detail) => `TensorFlow was built, but cannot compute (${d.reason}):`,
    remedy: 'run `npm run setup:tensorflow -- --fresh`, which installs and builds it anew.'
  },
  READ_SYNC: {
    sentence: () =>
      'A tensor that lies on a GPU was read with dataSync() or arraySync(), which WebGPU cannot do.',
    remedy: 'Read it with `await t.data()` or `await t.array()`, which every backend can do.'
  },
  TORCH_ABSENT: {
    sentence: () => 'PyTorch has not been set up here:',
    remedy: 'run `npm run setup:torch` (`-- --cuda` for GPUs of NVIDIA) in the folder of DecentLab.'
  },
  OPERATOR_UNKNOWN: {
    sentence: (d: Detail) =>
      `PyTorch has no operator aten.${d.name}${d.nearest === undefined ? '' : `; the nearest is aten.${d.nearest}`}.`,
    remedy: 'Type `aten.` and press Tab for a list.'
  },
  OPERATOR_ARGUMENT: {
    sentence: (d: Detail) => `${d.what}: ${d.said}.`,
    remedy: 'Hover over its name for the parameters.'
  },
  OPERATOR_FAILED: {
    sentence: (d: Detail) => `${d.what}: ${d.said}.`,
    remedy: 'Variables are kept; see the shapes and types of the arguments.'
  },
  TENSOR_DISPOSED: {
    sentence: (d: Detail) => `${d.what}: ${d.said}.`,
    remedy: 'Dispose of a tensor after its last use, or let it go by itself.'
  },
  TENSOR_DEVICES: {
    sentence: (d: Detail) => `${d.what}: the tensors are on two devices (${d.said}).`,
    remedy: "Bring them to one, e.g. by `x.to('cuda:0')`."
  },
  TORCH_PYTHON: {
    sentence: (d: Detail) =>
      `PyTorch ${d.torch} needs Python ${d.oldest} to ${d.newest}, and ${d.command} is Python ${d.version}:`,
    remedy:
      'name another one with PYTHON=/path/to/python3, delete .venv, and run `npm run setup:torch` again.'
  },
  TORCH_MISSING: {
    sentence: (d: Detail) => `${d.command} has no PyTorch (${d.reason}):`,
    remedy: 'leave out `--python`, so that `npm run setup:torch` installs it into .venv.'
  },
  TORCH_VERSION: {
    sentence: (d: Detail) =>
      `PyTorch ${d.version} of ${d.command} is too ${d.how}: versions ${d.oldest} to ${d.newest} can be used.`,
    remedy: 'Leave out `--python`, so that `npm run setup:torch` installs one of them into .venv.'
  },
  TORCH_COMPILER: {
    sentence: (d: Detail) => `No C++ compiler was found (tried ${d.tried}):`,
    remedy:
      'install one (`sudo apt install g++`, `xcode-select --install`), or name it with CXX=/path/to/g++.'
  },
  TORCH_BUILD: {
    sentence: (d: Detail) => `The addon for PyTorch ${d.version} could not be built (${d.reason}):`,
    remedy:
      'g++ from version 11 on and clang from 14 on can; name one with CXX=/path/to/g++, or send setup.log.'
  },
  TORCH_LOAD: {
    sentence: (d: Detail) => `PyTorch ${d.version} could not be loaded (${d.reason}):`,
    remedy: 'run `npm run setup:torch -- --fresh`, which installs and builds it anew.'
  },
  TORCH_DRIVER: {
    sentence: (d: Detail) =>
      `${d.wanted} was asked for, but no driver of NVIDIA was found (neither /proc/driver/nvidia nor /dev/nvidia0 is there):`,
    remedy:
      'install it and see what `nvidia-smi` says (a container needs `--gpus all`); without a GPU, leave out `--cuda` and compute on `cpu`.'
  },
  TORCH_PROCESSOR: {
    sentence: (d: Detail) =>
      `${d.wanted} was asked for, but PyTorch is set up for the processor only (${d.said}):`,
    remedy: 'run `npm run setup:torch -- --cuda` for GPUs of NVIDIA, or compute on `cpu`.'
  },
  TORCH_CHANGED: {
    sentence: (d: Detail) =>
      `The addon was built for PyTorch ${d.version}, and ${d.folder} is PyTorch ${d.received} now:`,
    remedy: 'run `npm run setup:torch` again, which builds it anew.'
  },
  TORCH_GPU: {
    sentence: (d: Detail) =>
      `PyTorch ${d.version} was installed for GPUs, but finds none (${d.reason}):`,
    remedy:
      'see what `nvidia-smi` says, install the driver of NVIDIA, and try again; without a GPU, leave out `--cuda`.'
  }
} as const;

function deviceInWords(device: unknown): string {
  if (device === undefined) return 'The device of this rank';
  if (typeof device === 'string') return device;
  const { index, name, engines } = device as { index: number; name: string; engines: number };
  return `GPU ${index} (${name}, shared by ${engines} ${engines === 1 ? 'engine' : 'engines'})`;
}
