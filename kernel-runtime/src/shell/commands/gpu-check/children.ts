/** The programs that parts of `decentlab gpu-check` start, with the environment of an engine on the device. */
import { planCompute } from '../../../cluster/client/compute.js';
import type { DeviceKind } from '../../../mathematics/tensor/devices.js';
import { programFile } from '../../../package.js';
import { outputOf } from '../bench/exchange/program.js';

/** The environment of one process that computes with PyTorch on the first device of this kind. */
export async function torchEnvironment(kind: DeviceKind): Promise<NodeJS.ProcessEnv> {
  const wish = { engines: 1, backend: 'torch', devices: kind };
  const { environment, environments } = await planCompute(wish);
  return { ...process.env, ...environment, ...environments[0] };
}

/** Convolutions of float32 take three digits fewer on GPUs unless NVIDIA's libraries are told not to: for comparisons. */
export const EXACT = { NVIDIA_TF32_OVERRIDE: '0' };

/** How PyTorch names the device of such a process, which sees no other. */
export function torchDevice(kind: DeviceKind): string {
  return kind === 'gpu' ? 'cuda:0' : 'cpu';
}

/** What one of our programs prints on its last line, as JSON. @throws an Error with the end of what it said */
export async function askProgram<T>(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv
): Promise<T> {
  const text = await outputOf([process.execPath, programFile(name), ...args], { env });
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as T;
}

/** The median in words, as milliseconds. */
export function inMs(time: number): string {
  return `${time < 10 ? time.toFixed(2) : time.toFixed(0)} ms`;
}
