/** What engines wait for, how they ended and what they could compute with, in the reader's language. */
import { nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { deviceWords } from '../../extension/src/graph/device-words.js';
import { detailWords } from '../../extension/src/clusters/details.js';
import { offerWords } from '../../extension/src/clusters/offers.js';
import { computeOffers } from '../../kernel-runtime/src/cluster/client/compute.js';
import { deviceInWords } from '../../kernel-runtime/src/mathematics/tensor/devices.js';
import { computeInWords } from '../../kernel-runtime/src/mathematics/tensor/tensorflow.js';
import { foreignWords, marking as marks } from '../helpers/marking.js';
import { describeExit, type Exit } from '../../kernel-runtime/src/platform.js';

const plain = nullTranslator.load('');
/** Marks what it has translated. */
const marking = {
  __: (text: string, ...values: (string | number)[]) =>
    `«${values.reduce<string>((told, value, k) => told.replace(`%${k + 1}`, String(value)), text)}»`
} as unknown as TranslationBundle;

const signals = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT', 'SIGTRAP', 'SIGKILL', 'SIGTERM', 'SIGUSR1'] as const; // prettier-ignore
const exit = (how: Partial<Exit>): string =>
  describeExit({ code: null, signal: null, said: '', heapLimit: 2048, memoryKills: 0, ...how });

describe('a detail of the cluster', () => {
  it.each([
    ...signals.map(signal => exit({ signal })),
    exit({ code: 7 }),
    'it was not ready within 60 s',
    'cell 3',
    exit({ code: 134, said: 'FATAL ERROR: JavaScript heap out of memory' }),
    exit({ signal: 'SIGKILL', memoryKills: 1 }),
    'out of memory: it used 900 MB, more than the limit of 800 MB',
    'out of memory: it used 900 MB, and only 20 MB of 2 GB were left',
    'its process has given no sign of life for 5.2 s',
    'ranks 0, 2 hear nothing of it, though its process runs'
  ])('goes through the translator and says the same: %s', detail => {
    expect(detailWords(detail, marking)).toMatch(/^«.*»$/);
    expect(detailWords(detail, plain).replace('engines', 'ranks')).toBe(detail);
  });

  it('names engines, not ranks', () => {
    expect(detailWords("allreduce 'x', for rank 1, 2", plain)).toBe(
      "allreduce 'x', for engine 1, 2"
    );
  });

  it('of another form stays as it is', () => {
    expect(detailWords('a fallen tree', marking)).toBe('a fallen tree');
  });
});

describe('what computes the tensors of an engine', () => {
  const gpu = { index: 1, name: 'NVIDIA H200', memory: 0, engines: 2 };
  const why = 'the fastest that is set up on a GPU; not set up: torch';
  it.each([
    [computeInWords(), null],
    [
      'wasm with the first tensor, asked for by name',
      'wasm with the first tensor; asked for by name'
    ],
    ['cpu, the fastest on the processor', 'cpu; the fastest on the processor'],
    [
      `${deviceInWords('torch', { device: 'CPU' })}, asked for by name`,
      'torch on CPU; asked for by name'
    ],
    [
      `${deviceInWords('torch', { device: 'NVIDIA H200', given: gpu, used: 2e9, total: 8e9 })}, ${why}`,
      'torch on NVIDIA H200, GPU 1, shared by 2 engines, 1.9 GiB of 7.5 GiB; the fastest that is set up on a GPU, where torch is not'
    ],
    [
      `${deviceInWords('webgpu', { device: 'llvmpipe', used: 3e6 })}, ${why}`,
      'webgpu on llvmpipe, 3 MiB taken; the fastest that is set up on a GPU, where torch is not'
    ],
    ['something else', 'something else']
  ])('goes through the translator: %s', (told, words) => {
    if (words !== null) expect(deviceWords(told, plain)).toBe(words);
    if (words !== told) expect(foreignWords(deviceWords(told, marks))).toBe('');
  });
});

describe('what auto comes to', () => {
  it.each([
    [
      'wasm on the processor, asked for by name',
      '«auto: wasm on the processor, asked for by name»'
    ],
    ['torch on GPUs, the fastest on a GPU', '«auto: torch on GPUs, the fastest there»'],
    [
      'wasm on the processor, the fastest that is set up on the processor; not set up: tensorflow, torch',
      '«auto: wasm on the processor, the fastest that is set up; not set up: tensorflow, torch»'
    ],
    ['something else', 'something else']
  ])('goes through the translator: %s', (auto, words) => {
    expect(offerWords(auto, marking)).toBe(words);
  });

  it('is told by a kernel in such words', async () => {
    const { auto } = await computeOffers();
    expect(offerWords(auto, marking)).toMatch(/^«auto: .*»$/);
  });
});
