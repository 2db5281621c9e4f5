/**
 * What engines do for the exchange parts of `decentlab gpu-check`: averages over a ring, of tensors of PyTorch on the device
 * and of plain arrays, alone and beside computing. Imports the package by its name, as a cell's module does.
 */
import {
  barrier,
  neighborAllreduce,
  rank,
  ringGraph,
  setTopology,
  size,
  type Value
} from 'decentlab';
import { aten, defaultDevice, tensor, type TorchTensor } from 'decentlab/torch';

/** Milliseconds of each call on this rank. */
export interface ExchangeTimes {
  readonly bytes: number;
  /** Tensors on the device: until the result can be computed with. */
  readonly tensors: readonly number[];
  /** Plain arrays of the same size: what the links take. */
  readonly arrays: readonly number[];
  /** Products of matrices that take the device about as long as the tensors do. */
  readonly computing: readonly number[];
  /** Both at once. */
  readonly both: readonly number[];
}

export interface ExchangeWish {
  readonly device: string;
  /** Bytes of float32, multiples of 8. */
  readonly sizes: readonly number[];
  /** Whether computing is measured too. */
  readonly isBeside: boolean;
}

const SIDE = 1024;

/** Runs them; all ranks call it together. @throws if an average is wrong */
export async function timeExchanges({
  device,
  sizes,
  isBeside
}: ExchangeWish): Promise<ExchangeTimes[]> {
  defaultDevice(device);
  setTopology(ringGraph(size()));
  const found: ExchangeTimes[] = [];
  for (const bytes of sizes) found.push(await timeSize(bytes, { device, isBeside }));
  return found;
}

async function timeSize(
  bytes: number,
  { device, isBeside }: Pick<ExchangeWish, 'device' | 'isBeside'>
): Promise<ExchangeTimes> {
  const values = new Float32Array(bytes / 4).fill(rank() + 1);
  // On the processor by columns, so that its memory cannot be sent as it is there either.
  const x = device === 'cpu' ? aten.t(tensor(values, { shape: [2, bytes / 8] })) : tensor(values);
  const exchange = async (): Promise<void> => {
    const mean = await average(x);
    await ready(mean);
    mean.dispose();
  };
  const arrays = await time(bytes, () => neighborAllreduce(values));
  const tensors = await time(bytes, exchange);
  await assertMean(x);
  if (!isBeside) return { bytes, tensors, arrays, computing: [], both: [] };
  const A = aten.full([SIDE, SIDE], 1 / SIDE, { dtype: 'float32' });
  const products = async (count: number): Promise<void> => {
    let P = A;
    for (let k = 0; k < count; k++) {
      const next = aten.matmul(P, A);
      if (P !== A) P.dispose();
      P = next;
    }
    await ready(P);
    P.dispose();
  };
  const one = median(await time(bytes, () => products(8))) / 8;
  const count = Math.min(2000, Math.max(1, Math.round(median(tensors) / one)));
  const computing = await time(bytes, () => products(count));
  const both = await time(bytes, async () => {
    const pending = exchange();
    await Promise.all([pending, products(count)]);
  });
  return { bytes, tensors, arrays, computing, both };
}

/** A call of a cell, whose compiler knows that tensors of PyTorch are values. */
async function average(x: TorchTensor): Promise<TorchTensor> {
  return (await neighborAllreduce(x as unknown as Value)) as unknown as TorchTensor;
}

/** Waits until the device has computed it: its first row is read. */
async function ready(x: TorchTensor): Promise<void> {
  const first = aten.narrow(x, 0, 0, 1);
  await first.data();
  first.dispose();
}

async function assertMean(x: TorchTensor): Promise<void> {
  const mean = await average(x);
  const [first] = await aten.narrow(mean, 0, 0, 1).data();
  const around = new Set([rank(), (rank() + 1) % size(), (rank() + size() - 1) % size()]);
  const expected = [...around].reduce((sum, one) => sum + one + 1, 0) / around.size;
  if (Math.abs(Number(first) - expected) > 1e-5)
    throw new Error(`rank ${rank()} has ${first}, not ${expected}`);
}

async function time(bytes: number, call: () => Promise<unknown>): Promise<number[]> {
  const [warmUps, calls] = bytes <= 1e6 ? [10, 30] : bytes <= 2e7 ? [3, 10] : [2, 5];
  const times: number[] = [];
  for (let k = 0; k < warmUps + calls; k++) {
    await barrier();
    const began = performance.now();
    await call();
    if (k >= warmUps) times.push(performance.now() - began);
  }
  return times;
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1];
}
