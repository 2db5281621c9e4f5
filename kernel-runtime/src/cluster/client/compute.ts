/** What the engines of a cluster compute with, and each of them on which device. */
import { DecentLabError } from '../../errors.js';
import { backends } from '../../mathematics/tensor/backends/table.js';
import {
  BACKEND_VARIABLE,
  chooseBackend,
  REASON_VARIABLE
} from '../../mathematics/tensor/choice.js';
import { deviceEnvironment, parseDevices } from '../../mathematics/tensor/devices.js';
import { availableCores } from '../../platform.js';
import { findGpus, type Gpu } from '../launch/gpus.js';

export interface ComputeOptions {
  readonly engines: number;
  readonly backend?: string;
  readonly devices?: string;
}

/** Variables of the environment. */
export interface Compute {
  /** Those of all processes of the cluster. */
  readonly environment: Readonly<Record<string, string>>;
  /** Those that each engine has for itself. */
  readonly environments: readonly Readonly<Record<string, string>>[];
}

/**
 * Chooses the backend, and spreads the engines over the GPUs if it computes there.
 * @throws VALUE_INVALID, BACKEND_MISSING, BACKEND_DEVICE, DEVICE_MISSING
 */
export async function planCompute(options: ComputeOptions): Promise<Compute> {
  const { engines, devices } = options;
  const wish = parseDevices(devices);
  const { backend, kind, why } = chooseBackend(options.backend, wish.kinds);
  const gpus = kind === 'gpu' ? named(await findGpus(), wish.indices) : [];
  // Only who says so wants to hide GPUs from whatever else cells may load.
  const plan = { engines, gpus, isOnProcessor: devices === 'cpu', cores: availableCores() };
  return {
    environment: {
      ...{ [BACKEND_VARIABLE]: backend.name, [REASON_VARIABLE]: why },
      ...backend.environment?.(kind)
    },
    environments: Array.from({ length: engines }, (_, rank) => deviceEnvironment(rank, plan))
  };
}

/** What can be chosen here, by the names of `Cluster.start`. */
export interface ComputeOffers {
  readonly backends: readonly string[];
  readonly devices: readonly string[];
  /** What `auto` comes to, and why. */
  readonly auto: string;
}

/** The backends that are set up and the devices that they reach. Starts none of them. */
export async function computeOffers(): Promise<ComputeOffers> {
  const found = backends.filter(backend => !backend.missing());
  const reachesGpu = found.some(backend => backend.kinds().includes('gpu'));
  const gpus = reachesGpu ? await findGpus() : [];
  const { backend, kind, why } = chooseBackend();
  return {
    backends: ['auto', ...found.map(({ name }) => name)],
    devices: [
      ...['auto', 'cpu', ...(reachesGpu ? ['gpu'] : [])],
      ...gpus.map(({ index }) => `gpu:${index}`)
    ],
    auto: `${backend.name} on ${kind === 'gpu' ? 'GPUs' : 'the processor'}, ${why}`
  };
}

/** Those with the given numbers; all by default. @throws DEVICE_MISSING */
function named(gpus: readonly Gpu[], indices: readonly number[] | undefined): readonly Gpu[] {
  if (!indices) return gpus;
  return indices.map(index => {
    const found = gpus.find(gpu => gpu.index === index);
    if (found) return found;
    throw new DecentLabError('DEVICE_MISSING', {
      wanted: `GPU ${index}`,
      found: gpus.map(gpu => `GPU ${gpu.index} (${gpu.name})`)
    });
  });
}
