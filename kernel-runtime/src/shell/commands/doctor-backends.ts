/** What `decentlab doctor` says of tensors: which backend computes them, on which device and why; and what else there is. */
import { findGpus } from '../../cluster/launch/gpus.js';
import { backends } from '../../mathematics/tensor/backends/table.js';
import { chooseBackend } from '../../mathematics/tensor/choice.js';
import type { Check } from './doctor.js';

const MEBIBYTE = 2 ** 20;

/** The chosen backend, the GPUs, and each backend with what sets it up. Starts none of them. */
export async function checkBackends(): Promise<Check[]> {
  const gpus = await findGpus();
  const names = gpus.map(({ index, name, memory }) => {
    const size = memory === 0 ? '' : `, ${Math.round(memory / MEBIBYTE)} MiB`;
    return `GPU ${index}: ${name}${size}`;
  });
  return [
    checkChoice(),
    {
      name: names.length === 0 ? 'GPUs of NVIDIA' : names.join('; '),
      ok: names.length > 0,
      remedy: 'none is named by nvidia-smi or its driver; the processor computes.',
      isOptional: true
    },
    ...backends.map(({ name, summary, missing, kinds }): Check => {
      const absent = missing();
      if (absent)
        return {
          ...{ name: `Backend ${name}, ${summary}`, ok: false, isOptional: true },
          remedy: `${absent.reason}. ${absent.remedy}`
        };
      const on = kinds().map(kind => (kind === 'gpu' ? 'a GPU' : 'the processor'));
      return { name: `Backend ${name} (on ${on.join(' or ')}), ${summary}`, ok: true, remedy: '' };
    })
  ];
}

/** What `auto`, or the environment, comes to here. */
function checkChoice(): Check {
  try {
    const { backend, kind, why } = chooseBackend();
    const device = kind === 'gpu' ? 'GPUs' : 'the processor';
    return { name: `Tensors: ${backend.name} on ${device}, ${why}`, ok: true, remedy: '' };
  } catch (error) {
    return { name: 'Tensors', ok: false, remedy: error instanceof Error ? error.message : '' };
  }
}
