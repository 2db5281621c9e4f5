/**
 * Backend `webgpu`: GPUs of every maker through Dawn, Chromium's WebGPU, without CUDA. Its tensors can only be read
 * asynchronously (`await t.data()`).
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

import { DecentLabError } from '../../../errors.js';
import { givenDevice } from '../devices.js';
import type { Backend } from './backend.js';
import { vulkan } from './vulkan.js';

const { resolve } = createRequire(import.meta.url);

/** The part of Dawn that is used here: what a page has as `navigator.gpu`, and the classes beside it. */
interface Dawn {
  create(flags: readonly string[]): GPU;
  readonly globals: object;
}

/** The types of TensorFlow.js know an earlier draft of WebGPU, without it. */
interface Adapter extends GPUAdapter {
  readonly info: GPUAdapterInfo;
}

export const webgpu: Backend = {
  name: 'webgpu',
  summary: 'GPUs of every maker through WebGPU; its tensors are read by `await t.data()` only',
  missing: () => (dawnFile() === undefined ? NOT_INSTALLED : vulkan().missing),
  kinds: () => [vulkan().kind],
  emulates: kind => kind === 'cpu',
  environment: () => vulkan().environment,
  async start(tf, kind) {
    // First, without a `navigator.gpu`: with one it would register a backend of its own, on a device of its own choice.
    const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
    const { create, globals } = (await import(pathToFileURL(dawnFile() ?? '').href)) as Dawn;
    Object.assign(globalThis, globals);
    const name = givenDevice()?.name;
    const gpu = create(name === undefined ? [] : [`adapter=${name}`]);
    const adapter = (await gpu.requestAdapter({
      powerPreference: 'high-performance',
      forceFallbackAdapter: kind === 'cpu'
    })) as Adapter | null;
    if (!adapter) throw noAdapter(kind);
    const device = await adapter.requestDevice(wantedOf(adapter));
    const backend = withNavigator(gpu, () => new WebGPUBackend(device, adapter.info));
    behind.set(backend, { gpu, adapter });
    tellFaults(backend, device);
    forbidReadSync(backend);
    tf.registerBackend('webgpu', () => backend);
  },
  device: tf => nameOf(behind.get(tf.backend())?.adapter.info),
  memory: tf => (tf.backend() as WebGPUBackend).memory().numBytesAllocatedInGPU
};

const NOT_INSTALLED = {
  reason: 'the npm package webgpu is not installed',
  remedy: '`npm install webgpu` beside DecentLab sets it up (51 MB).'
};

/** What each backend stands on. Dawn crashes if its objects are collected while a device of theirs is in use. */
const behind = new WeakMap<object, { readonly gpu: GPU; readonly adapter: Adapter }>();

function nameOf(info: GPUAdapterInfo | undefined): string {
  return info?.description || info?.device || 'a device without a name';
}

/** The module of the npm package `webgpu`, an optional companion; undefined where it is not installed. */
function dawnFile(): string | undefined {
  try {
    return resolve('webgpu');
  } catch {
    return undefined;
  }
}

/** As much as the device gives. */
function wantedOf({ limits, features }: GPUAdapter): GPUDeviceDescriptor {
  return {
    requiredFeatures: features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: {
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup
    }
  };
}

function noAdapter(kind: string): DecentLabError {
  const reason = `Vulkan, Metal or Direct3D names no device (${kind}) to this process`;
  const remedy =
    'Install the driver of your GPU; start the process by `decentlab run` or `Cluster.start`, which set its environment.';
  return new DecentLabError('BACKEND_MISSING', { name: 'webgpu', reason, remedy });
}

/** The backend's constructor asks for the `navigator` of a page; nothing after it does. */
function withNavigator<T>(gpu: GPU, make: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    return make();
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}

/** What goes wrong on the device is told by an event; who reads a tensor next is given it as an error. */
function tellFaults(backend: WebGPUBackend, device: GPUDevice): void {
  let fault: DecentLabError | undefined;
  const note = (cause: string): void => {
    fault ??= new DecentLabError('DEVICE_MEMORY', { device: givenDevice(), cause });
  };
  device.addEventListener('uncapturederror', event =>
    note((event as GPUUncapturedErrorEvent).error.message)
  );
  void device.lost.then(({ reason, message }) => reason !== 'destroyed' && note(message));
  const read = backend.read.bind(backend);
  backend.read = async dataId => {
    const values = await read(dataId).catch((error: unknown) => {
      throw fault ?? error;
    });
    if (!fault) return values;
    const told = fault;
    fault = undefined;
    throw told;
  };
}

/** Values that lie on the device can only be waited for; those that never went there are still at hand. */
function forbidReadSync(backend: WebGPUBackend): void {
  const readSync = backend.readSync.bind(backend);
  backend.readSync = dataId => {
    const { values, dtype } = backend.tensorMap.get(dataId);
    if (values == null && dtype !== 'string') throw new DecentLabError('READ_SYNC', {});
    return readSync(dataId);
  };
}
