/** What a cluster computes with is chosen before any process starts, and offered by name to whoever fills in a form. */
import { describe, expect, it } from 'vitest';
import { computeOffers, planCompute } from '../../../kernel-runtime/src/cluster/client/compute.js';

describe('The plan of a cluster', () => {
  it('names the backend to all, and gives each engine its share of the cores', async () => {
    const plan = await planCompute({ engines: 1000, backend: 'wasm', devices: 'cpu' });
    expect(plan.environment).toEqual({
      ...{ DECENTLAB_BACKEND: 'wasm', DECENTLAB_BACKEND_REASON: 'asked for by name' }
    });
    expect(plan.environments).toHaveLength(1000);
    expect(plan.environments[999]).toEqual({
      ...{ DECENTLAB_THREADS: '1', DECENTLAB_DEVICE: 'cpu', CUDA_VISIBLE_DEVICES: '-1' }
    });
  });

  it.each([
    [{ backend: 'wasm', devices: 'gpu' }, /^The backend wasm was to compute on a GPU/],
    [{ backend: 'wasm', devices: 'gpu:0' }, /^The backend wasm was to compute on a GPU/],
    [{ backend: 'wsam' }, /did you mean wasm\?/],
    [{ devices: 'tpu' }, /^devices: expected auto, cpu, gpu/]
  ])('%j is refused', async (options, sentence) => {
    await expect(planCompute({ engines: 2, ...options })).rejects.toThrow(sentence);
  });
});

describe('What is offered', () => {
  it('is what is set up here, and what auto comes to', async () => {
    const { backends, devices, auto } = await computeOffers();
    expect(backends).toEqual(expect.arrayContaining(['auto', 'wasm', 'cpu']));
    expect(devices.slice(0, 2)).toEqual(['auto', 'cpu']);
    expect(auto).toMatch(/^wasm on the processor, asked for by name$/);
    for (const backend of backends)
      await expect(planCompute({ engines: 1, backend })).resolves.toBeDefined();
  });
});
