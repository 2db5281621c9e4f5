/**
 * A machine without a driver of NVIDIA: whoever asks for a GPU is told so in one sentence, whether PyTorch was set up for the
 * processor or for GPUs, and what computes on the processor goes on.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { planCompute } from '../../../../kernel-runtime/src/cluster/client/compute.js';
import { hasNvidia } from '../../../../kernel-runtime/src/mathematics/tensor/devices.js';
import {
  engineDevice,
  readTorchSetup
} from '../../../../kernel-runtime/src/mathematics/tensor/torch/addon.js';
import { aten } from '../../../../kernel-runtime/src/mathematics/tensor/torch/exported.js';
import {
  defaultDevice,
  tensor
} from '../../../../kernel-runtime/src/mathematics/tensor/torch/tensor.js';
import { programFile } from '../../../../kernel-runtime/src/package.js';
import { setupTorch } from '../../../../kernel-runtime/src/shell/setup/torch/setup.js';
import { temporaryFolder } from '../../../helpers/folder.js';
import { needsTorch } from '../../../helpers/torch.js';

const DRIVER =
  /was asked for, but no driver of NVIDIA was found \(.*\): install it and see what `nvidia-smi` says .*leave out `--cuda` and compute on `cpu`\.$/;

/** Skips the tests of the calling suite where there is a driver. */
function needsNoDriver(): void {
  beforeEach(context => {
    if (hasNvidia()) context.skip('a driver of NVIDIA is here');
  });
}

describe('Without a driver, before anything starts,', () => {
  needsNoDriver();

  it('the set-up for GPUs stops before it fetches anything', async () => {
    const root = temporaryFolder();
    const setUp = setupTorch({ root, logFile: join(root, 'setup.log'), args: ['--cuda'] });
    await expect(setUp).rejects.toThrow(DRIVER);
    expect(existsSync(join(root, '.venv'))).toBe(false);
  });

  it.each(['gpu', 'gpu:0'])('devices: %s is refused with what is missing', async devices => {
    const plan = planCompute({ engines: 1, backend: 'cpu', devices });
    await expect(plan).rejects.toThrow(
      'was to compute on a GPU, but what is set up here computes on the processor: no driver of NVIDIA was found, see what `nvidia-smi` says. '
    );
  });
});

describe('Without a driver, PyTorch', () => {
  needsNoDriver();
  needsTorch();

  it.each<[string, () => unknown]>([
    ['x.to', () => tensor([1]).to('cuda:0')],
    ['an operator', () => aten.zeros([2], { device: 'cuda' })],
    ['a new tensor', () => tensor([1], { device: 'cuda:7' })],
    ['the device of the engine', () => defaultDevice('cuda:0')]
  ])('says so of %s, in one line', (_, call) => {
    expect(call).toThrow(
      expect.objectContaining({
        code: 'TORCH_DRIVER',
        message: expect.stringMatching(DRIVER) as string
      })
    );
    expect(tensor([1]).add(1).item()).toBe(2);
  });

  it('names the kinds of devices that it knows', () => {
    expect(() => tensor([1]).to('gpu')).toThrow(/^_to_copy: .*Expected one of cpu, cuda, [^\n]*$/);
  });
});

/** A process that computes with PyTorch for GPUs: what each of its attempts came to. */
const PROCESS = `
  const { tensor, aten, defaultDevice } = await import(process.argv[1]);
  const attempts = [
    () => aten.matmul(tensor([[2]]), tensor([[3]])).item(),
    () => tensor([1]).to('cuda:0'),
    () => aten.ones([3], { device: 'cuda' }),
    () => defaultDevice('cuda:0'),
    () => tensor([1]).add(1).item()
  ];
  for (const attempt of attempts)
    try { console.log(attempt()); } catch (error) { console.log(error.code + ' ' + error.message); }
`;

describe('PyTorch that was set up for GPUs', () => {
  needsNoDriver();
  needsTorch();

  const libraries = (): string => join(dirname(readTorchSetup()!.torch), 'nvidia', 'cudnn');

  /** The environment of a process whose set-up says that it has NVIDIA's libraries. */
  function withCuda(): NodeJS.ProcessEnv {
    const native = temporaryFolder();
    const folder = join(native, 'torch');
    // As the set-up has left it before the driver went, or before a container was started without its GPUs.
    const setup = { ...readTorchSetup(), cuda: true };
    mkdirSync(folder);
    writeFileSync(join(folder, 'setup.json'), JSON.stringify(setup));
    return { ...process.env, DECENTLAB_NATIVE: native };
  }

  it('would compute on the GPU that an engine was given, and on the processor without one', () => {
    const given = { index: 1, name: 'NVIDIA', memory: 0, engines: 2 };
    expect(engineDevice(given, { cuda: true })).toBe('cuda:0');
    expect(engineDevice(given, { cuda: false })).toBe('cpu');
    expect(engineDevice(undefined, { cuda: true })).toBe('cpu');
  });

  it('makes new tensors on the GPU of its engine', async context => {
    if (!existsSync(libraries()))
      return context.skip('NVIDIA’s libraries are not here: `npm run setup:torch -- --cuda`');
    const given = JSON.stringify({ index: 0, name: 'NVIDIA', memory: 0, engines: 1 });
    const env = { ...withCuda(), DECENTLAB_DEVICE: given };
    const args = ['--input-type=module', '-e', PROCESS, programFile('torch')];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    const said = stdout.trim().split('\n');
    expect(said).toHaveLength(5);
    for (const line of said) expect(line).toMatch(/^TORCH_DRIVER /);
  });

  it('goes on with the processor and says what is missing of a GPU', async context => {
    if (!existsSync(libraries()))
      return context.skip('NVIDIA’s libraries are not here: `npm run setup:torch -- --cuda`');
    const args = ['--input-type=module', '-e', PROCESS, programFile('torch')];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: withCuda() });
    const [product, ...refused] = stdout.trim().split('\n');
    expect([product, refused.pop()]).toEqual(['6', '2']);
    expect(refused).toHaveLength(3);
    for (const line of refused) {
      expect(line).toMatch(/^TORCH_DRIVER /);
      expect(line).toMatch(DRIVER);
    }
  });
});
