/** What a kernel says that clusters can compute with here. */
import type { TranslationBundle } from '@jupyterlab/translation';

/** Names of `Cluster.start`, and what `auto` comes to in words. */
export interface Offers {
  readonly backends: readonly string[];
  readonly devices: readonly string[];
  readonly auto: string;
}

/** The answer of a kernel; null if it is none. */
export function readOffers(told: unknown): Offers | null {
  if (typeof told !== 'object' || told === null) return null;
  const { backends, devices, auto } = told as Record<string, unknown>;
  if (!isTexts(backends) || !isTexts(devices) || typeof auto !== 'string') return null;
  return { backends, devices, auto };
}

/** What `auto` comes to, in the reader's language: the kernel tells it in English words of three forms. */
export function offerWords(auto: string, trans: TranslationBundle): string {
  const [, backend = '', place, why, missing = ''] =
    /^(\S+) on (GPUs|the processor), (asked for|the fastest)[^;]*(?:; not set up: (.+))?$/.exec(
      auto
    ) ?? [];
  if (place === undefined) return auto;
  const isGpu = place === 'GPUs';
  if (why === 'asked for')
    return isGpu
      ? trans.__('auto: %1 on GPUs, asked for by name', backend)
      : trans.__('auto: %1 on the processor, asked for by name', backend);
  if (missing === '')
    return isGpu
      ? trans.__('auto: %1 on GPUs, the fastest there', backend)
      : trans.__('auto: %1 on the processor, the fastest there', backend);
  return isGpu
    ? trans.__('auto: %1 on GPUs, the fastest that is set up; not set up: %2', backend, missing)
    : trans.__(
        'auto: %1 on the processor, the fastest that is set up; not set up: %2',
        backend,
        missing
      );
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(one => typeof one === 'string');
}
