/** Which backend is taken, by name and by `auto`, from tables of backends that are set up or not. */
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../../kernel-runtime/src/mathematics/tensor/backends/backend.js';
import { backends } from '../../../kernel-runtime/src/mathematics/tensor/backends/table.js';
import { chooseBackend } from '../../../kernel-runtime/src/mathematics/tensor/choice.js';
import {
  deviceEnvironment,
  deviceInWords,
  givenDevice,
  parseDevices,
  presentKinds,
  type DeviceKind
} from '../../../kernel-runtime/src/mathematics/tensor/devices.js';

/** An entry that would compute on these devices, and is set up or not. */
function entry(name: string, kinds: readonly DeviceKind[], isSetUp: boolean): Backend {
  const missing = {
    reason: 'its wheel is not there',
    remedy: `\`npm run setup:${name}\` does it.`
  };
  return {
    ...{ name, summary: '', kinds: () => kinds },
    missing: () => (isSetUp ? undefined : missing),
    start: () => Promise.reject(new Error('nothing may be started by a choice'))
  };
}

const table = (native: boolean, gpu: boolean): Backend[] => [
  entry('native', ['gpu', 'cpu'], native),
  entry('wasm', ['cpu'], true),
  entry('portable', ['gpu'], gpu)
];

describe('auto takes', () => {
  it.each<[string, Backend[], DeviceKind[], string, string]>([
    ['the fastest on a GPU', table(true, true), ['gpu', 'cpu'], 'native', 'gpu'],
    ['the one on the GPU that is set up', table(false, true), ['gpu', 'cpu'], 'portable', 'gpu'],
    [
      'the processor, where nothing reaches the GPU',
      table(false, false),
      ['gpu', 'cpu'],
      'wasm',
      'cpu'
    ],
    ['the fastest on the processor', table(true, true), ['cpu'], 'native', 'cpu'],
    ['the processor first, where that is wished', table(false, true), ['cpu', 'gpu'], 'wasm', 'cpu']
  ])('%s', (_, backends, kinds, name, kind) => {
    const choice = chooseBackend('auto', kinds, backends);
    expect([choice.backend.name, choice.kind]).toEqual([name, kind]);
  });

  it('says why, and what is not set up', () => {
    expect(chooseBackend('auto', ['cpu'], table(false, false)).why).toBe(
      'the fastest that is set up on the processor; not set up: native'
    );
  });
});

describe('A backend that cannot be had is one error with its remedy:', () => {
  it.each<[string, string, DeviceKind[], RegExp]>([
    [
      'one that is not set up',
      'native',
      ['cpu'],
      /^The backend native cannot be used here: its wheel is not there\. `npm run setup:native` does it\. .*`auto`/
    ],
    [
      'one that does not reach the device',
      'wasm',
      ['gpu'],
      /^The backend wasm was to compute on a GPU, but what is set up here computes on the processor[.:] /
    ],
    [
      'none for the device',
      'auto',
      ['gpu'],
      /^The backend auto was to compute on a GPU, but what is set up here computes on the processor[.:] /
    ],
    [
      'a name that is none',
      'wsam',
      ['cpu'],
      /^backend: expected one of auto, native, wasm, portable \(did you mean wasm\?\), received wsam\./
    ]
  ])('%s', (_, name, kinds, sentence) => {
    expect(() => chooseBackend(name, kinds, table(false, false))).toThrow(sentence);
  });
});

describe('devices', () => {
  it.each([
    ['cpu', { kinds: ['cpu'] }],
    ['gpu', { kinds: ['gpu'] }],
    ['gpu:0,2', { kinds: ['gpu'], indices: [0, 2] }]
  ])('%s are understood', (text, wish) => {
    expect(parseDevices(text)).toEqual(wish);
  });

  it.each(['cuda:0', 'gpu:', 'gpu:1,1', 'gpu:-1', 'gpu:a', ''])('%j is refused', text => {
    expect(() => parseDevices(text)).toThrow(/^devices: expected auto, cpu, gpu, or some GPUs/);
  });

  it.each([
    ['cuda', 'gpu'],
    ['cuda:1', 'gpu:1']
  ])('%s is told its name here', (word, name) => {
    expect(() => parseDevices(word)).toThrow(`(PyTorch's ${word} is ${name} here), received`);
  });

  it.each<[NodeJS.ProcessEnv, DeviceKind]>([
    [{ DECENTLAB_DEVICE: 'cpu' }, 'cpu'],
    [{ CUDA_VISIBLE_DEVICES: '-1' }, 'cpu'],
    [{ DECENTLAB_DEVICE: '{}' }, 'gpu']
  ])('a process with %j computes on the %s first', (env, kind) => {
    expect(presentKinds(env)[0]).toBe(kind);
  });
});

describe('Engines are spread over GPUs:', () => {
  const gpus = [
    { index: 0, name: 'NVIDIA H200', memory: 150e9 },
    { index: 3, name: 'NVIDIA L4', memory: 24e9 }
  ];
  const environments = (engines: number, found: typeof gpus, isOnProcessor = false) =>
    Array.from({ length: engines }, (_, rank) =>
      deviceEnvironment(rank, { engines, gpus: found, isOnProcessor, cores: 8 })
    );

  it.each([
    [2, ['0', '3'], [1, 1]],
    [5, ['0', '3', '0', '3', '0'], [3, 2, 3, 2, 3]],
    [1, ['0'], [1]]
  ])('%i engines on two GPUs', (engines, visible, sharers) => {
    const made = environments(engines, gpus);
    expect(made.map(env => env['CUDA_VISIBLE_DEVICES'])).toEqual(visible);
    expect(made.map(env => givenDevice(env)?.engines)).toEqual(sharers);
    expect(made.every(env => env['TF_FORCE_GPU_ALLOW_GROWTH'] === 'true')).toBe(true);
  });

  it.each([
    ['wasm', {}, 'wasm'],
    ['tensorflow', { device: 'CPU', used: 2 ** 29 }, 'tensorflow on CPU, 512 MiB taken'],
    [
      'tensorflow',
      { device: 'NVIDIA L4', given: { ...gpus[1], engines: 1 }, total: 22 * 2 ** 30 },
      'tensorflow on NVIDIA L4 (GPU 3), 22.0 GiB'
    ],
    [
      'torch',
      { device: 'NVIDIA H200', given: { ...gpus[0], engines: 4 }, used: 2 ** 30, total: 2 ** 37 },
      'torch on NVIDIA H200 (GPU 0, shared by 4 engines), 1.0 GiB of 128.0 GiB'
    ]
  ])('%s on %j is said', (backend, known, words) => {
    expect(deviceInWords(backend, known)).toBe(words);
  });

  it('each has its share of the cores, at least one', () => {
    const shares = [1, 3, 20].map(engines => environments(engines, [])[0]['DECENTLAB_THREADS']);
    expect(shares).toEqual(['8', '2', '1']);
  });

  it('none, where the processor is wished', () => {
    const [env] = environments(1, gpus, true);
    expect(presentKinds(env)).toEqual(['cpu']);
    expect(givenDevice(env)).toBeUndefined();
  });
});

describe('The table of backends', () => {
  it('has wasm and cpu set up everywhere, and a remedy for all others', () => {
    for (const backend of backends) {
      const missing = backend.missing();
      if (['wasm', 'cpu'].includes(backend.name)) expect(missing).toBeUndefined();
      if (missing) expect(missing.remedy).toMatch(/`.+`/);
      expect(backend.kinds().length).toBeGreaterThan(0);
    }
  });
});
