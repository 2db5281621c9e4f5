/** Several engines on one device at once: whether all of them compute, and how long each takes. */
import { Cluster } from '../../../cluster/client/cluster.js';

/** What came of it. */
export interface SharedDevice {
  readonly engines: number;
  /** Engines whose products were right. */
  readonly right: number;
  /** The slowest engine's time for a product of 1024 x 1024, in ms, while the others compute too. */
  readonly matmulMs: number;
  readonly error?: string;
}

/** Runs `engines` engines with this backend on as many devices as there are. */
export async function shareDevice(
  backend: string,
  devices: string,
  engines: number
): Promise<SharedDevice> {
  let cluster: Cluster | undefined;
  try {
    cluster = await Cluster.start({ engines, backend, devices, name: null });
    const times = await cluster.all.apply(async () => {
      const tf = await import('@tensorflow/tfjs');
      const ones = tf.ones([1024, 1024]) as never;
      let best = Infinity;
      for (let k = 0; k < 5; k++) {
        const started = performance.now();
        const product = tf.matMul(ones, ones);
        const values = await product.data();
        best = Math.min(best, performance.now() - started);
        product.dispose();
        if (values.some(value => value !== 1024)) return NaN;
      }
      return best;
    });
    const right = times.filter(ms => !Number.isNaN(ms));
    return { engines, right: right.length, matmulMs: Math.max(...right) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { engines, right: 0, matmulMs: NaN, error: said };
  } finally {
    await cluster?.stop();
  }
}
