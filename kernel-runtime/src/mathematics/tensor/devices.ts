/** The devices of this machine as tensors see them: which kinds there are, and what a process was given to compute on. */
import { existsSync, readdirSync } from 'node:fs';

import { DecentLabError } from '../../errors.js';
import { THREADS_VARIABLE } from './threads.js';

/** What a backend computes on. */
export type DeviceKind = 'gpu' | 'cpu';

/** One GPU as its driver counts them. */
interface Gpu {
  readonly index: number;
  readonly name: string;
  /** Bytes; 0 if the driver does not say. */
  readonly memory: number;
}

/** What one process was given to compute on. */
export interface GivenDevice extends Gpu {
  /** How many processes were given this one. */
  readonly engines: number;
}

/** Holds the device of a process, as JSON; `cpu` if it shall leave GPUs alone. */
export const DEVICE_VARIABLE = 'DECENTLAB_DEVICE';

/** NVIDIA's driver lists its devices here; some containers show the device alone, and Windows gives its Linux guests another. */
const DRIVER_FOLDER = '/proc/driver/nvidia/gpus';
const DEVICE_FILES = ['/dev/nvidia0', '/dev/dxg'];

/** What is asked for: kinds of devices, the wished first, and the GPUs by index if they are named. */
export interface DeviceWish {
  readonly kinds: readonly DeviceKind[];
  readonly indices?: readonly number[];
}

/**
 * What `devices` asks for: `auto` (GPUs where there are some), `cpu`, `gpu` (all of them), or `gpu:0,2` (these).
 * @throws VALUE_INVALID
 */
export function parseDevices(devices: string = 'auto'): DeviceWish {
  if (devices === 'auto') return { kinds: presentKinds() };
  if (devices === 'cpu') return { kinds: ['cpu'] };
  if (devices === 'gpu') return { kinds: ['gpu'] };
  const named = /^gpu:(\d+(?:,\d+)*)$/.exec(devices);
  const indices = named?.[1].split(',').map(Number);
  if (indices && new Set(indices).size === indices.length) return { kinds: ['gpu'], indices };
  const cuda = /^cuda(:\d+)?$/.exec(devices);
  const hint = cuda ? ` (PyTorch's ${devices} is gpu${cuda[1] ?? ''} here)` : '';
  const expected = `auto, cpu, gpu, or some GPUs by their numbers, as in gpu:0,2${hint}`;
  throw new DecentLabError('VALUE_INVALID', { what: 'devices', expected, received: devices });
}

/**
 * The kinds of devices that this process may compute on, the wished first: GPUs of NVIDIA before the processor, others
 * after it, since small tensors are faster without them. Looks at files only.
 */
export function presentKinds(env: NodeJS.ProcessEnv = process.env): readonly DeviceKind[] {
  const given = env[DEVICE_VARIABLE];
  if (given === 'cpu' || env['CUDA_VISIBLE_DEVICES'] === '-1') return ['cpu'];
  return given !== undefined || hasNvidia() ? ['gpu', 'cpu'] : ['cpu', 'gpu'];
}

/** What engines are to compute on. */
export interface DevicePlan {
  readonly engines: number;
  /** The GPUs that they are spread over; none if they compute on the processor, or their backend finds devices itself. */
  readonly gpus: readonly Gpu[];
  /** Whether they shall leave GPUs alone. */
  readonly isOnProcessor: boolean;
  /** The cores that they share. */
  readonly cores: number;
}

/**
 * The environment of one engine: the GPU of local rank modulo count, whose memory it takes only as it needs it since
 * others may share it, and its share of the cores.
 */
export function deviceEnvironment(rank: number, plan: DevicePlan): Record<string, string> {
  const { gpus, isOnProcessor, engines, cores } = plan;
  const threads = { [THREADS_VARIABLE]: String(Math.max(1, Math.floor(cores / engines))) };
  if (isOnProcessor) return { ...threads, [DEVICE_VARIABLE]: 'cpu', CUDA_VISIBLE_DEVICES: '-1' };
  if (gpus.length === 0) return threads;
  const place = rank % gpus.length;
  const sharers = Math.floor((engines - 1 - place) / gpus.length) + 1;
  return {
    ...threads,
    [DEVICE_VARIABLE]: JSON.stringify({ ...gpus[place], engines: sharers }),
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: String(gpus[place].index),
    TF_FORCE_GPU_ALLOW_GROWTH: 'true'
  };
}

/** The GPU that this process was given; undefined for none. */
export function givenDevice(env: NodeJS.ProcessEnv = process.env): GivenDevice | undefined {
  const given = env[DEVICE_VARIABLE];
  return given === undefined || given === 'cpu' ? undefined : (JSON.parse(given) as GivenDevice);
}

const [MEBIBYTE, GIBIBYTE] = [2 ** 20, 2 ** 30];

function sizeInWords(bytes: number): string {
  if (bytes < GIBIBYTE) return `${Math.ceil(bytes / MEBIBYTE)} MiB`;
  return `${(bytes / GIBIBYTE).toFixed(1)} GiB`;
}

/** What computes the tensors of a process: the backend, its device, who shares it, and its memory, as far as they are known. */
export function deviceInWords(
  backend: string,
  known: { device?: string; given?: GivenDevice; used?: number; total?: number }
): string {
  const { device, given, used, total } = known;
  if (device === undefined) return backend;
  const shared = given && given.engines > 1 ? `, shared by ${given.engines} engines` : '';
  const place = given ? ` (GPU ${given.index}${shared})` : '';
  const sizes = [used, total].filter(bytes => bytes !== undefined).map(sizeInWords);
  const memory = sizes.length === 0 ? '' : `, ${sizes.join(' of ')}${total ? '' : ' taken'}`;
  return `${backend} on ${device}${place}${memory}`;
}

/** Whether NVIDIA's driver says that it has a device. Looks at files only. */
export function hasNvidia(): boolean {
  if (DEVICE_FILES.some(file => existsSync(file))) return true;
  return existsSync(DRIVER_FOLDER) && readdirSync(DRIVER_FOLDER).length > 0;
}
