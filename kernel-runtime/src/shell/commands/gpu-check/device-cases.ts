/**
 * The addon on a device, case by case: values there and back, arithmetic, copies beside computing, memory, wrong use.
 * The tests run them on the processor, `decentlab gpu-check` on a GPU.
 */
import { hasNvidia } from '../../../mathematics/tensor/devices.js';
import { loadAddon } from '../../../mathematics/tensor/torch/addon.js';
import { dtypes, newValues, type DType } from '../../../mathematics/tensor/torch/dtypes.js';
import { aten, memory } from '../../../mathematics/tensor/torch/exported.js';
import { tensor, TorchTensor, type Device } from '../../../mathematics/tensor/torch/tensor.js';

/** One case: throws what is wrong. */
export interface DeviceCase {
  readonly name: string;
  run(device: Device): void | Promise<void>;
}

const FLOAT32 = 6;
const PAGE_BYTES = 4096;
/** Entries of the copies beside computing: 32 MB. */
const MANY = 1 << 23;

export const deviceCases: readonly DeviceCase[] = [
  ...dtypes.map(dtype => ({
    name: `${dtype} there and back`,
    run: (device: Device) => thereAndBack(dtype, device)
  })),
  {
    name: 'a product in float64',
    async run(device) {
      const A = tensor(
        Array.from({ length: 64 }, (_, i) => row(i)),
        { device }
      );
      const exact = aten.matmul(A, aten.t(A));
      const [first] = await exact.data();
      const expected = row(0).reduce((sum, entry) => sum + entry * entry, 0);
      assert(Math.abs(Number(first) - expected) < 1e-12 * expected, `${first}, not ${expected}`);
    }
  },
  {
    name: 'copies to pinned memory and back, after what was computed before and before what follows',
    run: copyBeside
  },
  {
    name: 'the event loop goes on while a copy waits for the device',
    async run(device) {
      const [, stop] = pinnedPages(4 * MANY);
      const x = busy(device, MANY);
      let turns = 0;
      const clock = setInterval(() => (turns += 1), 0);
      await loadAddon().fetch(x.handle, new Float32Array(stop.buffer, stop.byteOffset, MANY));
      clearInterval(clock);
      assert(turns > 0, 'it stood still');
    }
  },
  {
    name: 'memory is given back',
    run(device) {
      const before = memory();
      const x = tensor(new Float32Array(1000), { device });
      assert(memory().bytes === before.bytes + 4000, 'it is not counted');
      x.dispose();
      assert(memory().bytes === before.bytes, 'it is kept');
    }
  },
  {
    name: 'more memory than there is is an error, and computing goes on',
    async run(device) {
      refuses('DEVICE_MEMORY', () => aten.empty([2 ** 47], { dtype: 'float32', device }));
      const [two] = await tensor([1], { device }).add(1).data();
      assert(two === 2, `1 + 1 is ${two}`);
    }
  },
  {
    name: 'tensors on two devices are an error',
    run(device) {
      const other = device === 'cpu' ? 'meta' : 'cpu';
      refuses('TENSOR_DEVICES', () => tensor([1, 2], { device }).add(tensor([1, 2]).to(other)));
    }
  },
  {
    name: 'a device that is not there is an error',
    run: () =>
      refuses(hasNvidia() ? 'DEVICE_MISSING' : 'TORCH_DRIVER', () => tensor([1]).to('cuda:99'))
  },
  {
    name: 'a tensor after dispose is an error',
    run(device) {
      const x = tensor([1], { device });
      x.dispose();
      refuses('TENSOR_DISPOSED', () => aten.neg(x));
    }
  }
];

function row(i: number): number[] {
  return Array.from({ length: 64 }, (_, j) => 1 / (1 + i + j));
}

async function thereAndBack(dtype: DType, device: Device): Promise<void> {
  const values = newValues(dtype, 6);
  for (let k = 0; k < values.length; k++)
    values[k] = values instanceof BigInt64Array ? BigInt(k % 2) : k % 2;
  const x = tensor(values, { dtype, device });
  assert(x.device === device, `it lies on ${x.device}`);
  const back = await x.data();
  assert(
    back.length === values.length && values.every((entry, k) => entry === back[k]),
    'other values'
  );
}

/** Two float32 arrays in one memory of pages that the device may use by itself, if it can. */
function pinnedPages(bytes: number): [isPinned: boolean, pages: Uint8Array] {
  const pages = Math.ceil((bytes + PAGE_BYTES) / 65536) + 1;
  const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  kept.push(buffer);
  const bytesOfPages = new Uint8Array(
    buffer,
    PAGE_BYTES,
    Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES
  );
  return [loadAddon().pin(bytesOfPages), bytesOfPages];
}

/** Pinned pages must stay until the process ends. */
const kept: ArrayBufferLike[] = [];

/** Ones, which the device has after it has multiplied matrices for a while. */
function busy(device: Device, entries: number): TorchTensor {
  let A = aten.full([1024, 1024], 1 / 1024, { dtype: 'float32', device });
  for (let k = 0; k < 20; k++) A = aten.matmul(A, A);
  // Zero times what was computed: the ones wait for it.
  const zero = aten.mul(aten.select(aten.select(A, 0, 0), 0, 0), 0);
  return aten.add(aten.ones([entries], { dtype: 'float32', device }), zero);
}

async function copyBeside(device: Device): Promise<void> {
  const addon = loadAddon();
  const [isPinned, { buffer, byteOffset }] = pinnedPages(4 * MANY);
  assert(
    isPinned === (device !== 'cpu'),
    isPinned ? 'pinned for nobody' : 'its pages cannot be pinned'
  );
  const stop = new Float32Array(buffer, byteOffset, MANY);
  await addon.fetch(busy(device, MANY).handle, stop);
  assert(stop[0] === 1 && stop[MANY - 1] === 1, 'what was computed before is not there');
  stop.fill(3);
  const [handle, read] = addon.bring(stop, FLOAT32, [MANY], device);
  // Enqueued at once, while the copy may still go on.
  const doubled = aten.mul.Scalar(new TorchTensor(handle), 2);
  await read;
  stop.fill(0);
  const sum = Number((await aten.sum(doubled, { dtype: 'float64' }).data())[0]);
  assert(sum === 6 * MANY, `the sum is ${sum}, not ${6 * MANY}`);
}

function assert(isRight: boolean, otherwise: string): void {
  if (!isRight) throw new Error(otherwise);
}

function refuses(code: string, call: () => unknown): void {
  let said: unknown;
  try {
    call();
  } catch (error) {
    said = (error as { code?: string }).code ?? String(error);
  }
  assert(said === code, `${said === undefined ? 'no error' : String(said)}, not ${code}`);
}
