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
      `The backend ${d.name} was to compute on ${d.wanted}, but what is set up here computes on ${(d.can as string[]).join(' or ') || 'nothing else'}.`,
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
  DOWNLOAD_FAILED: {
    sentence: (d: Detail) => `${d.what} could not be fetched: ${d.cause}.`,
    remedy: 'Connect to the network and try again, or name a folder that has the files.'
  },
  READ_SYNC: {
    sentence: () =>
      'A tensor that lies on a GPU was read with dataSync() or arraySync(), which WebGPU cannot do.',
    remedy: 'Read it with `await t.data()` or `await t.array()`, which every backend can do.'
  }
} as const;

function deviceInWords(device: unknown): string {
  if (device === undefined) return 'The device of this rank';
  const { index, name, engines } = device as { index: number; name: string; engines: number };
  return `GPU ${index} (${name}, shared by ${engines} ${engines === 1 ? 'engine' : 'engines'})`;
}
