/** Several engines on one device at once: whether all of them compute, and how long each takes. */
import { Cluster } from '../../../cluster/client/cluster.js';

/** What came of it. */
export interface SharedDevice {
  readonly engines: number;
  /** Engines whose products were right. */
  readonly right: number;
  /** Rows and columns of the two matrices: 1024, or 256 on a device in software, where engines share its processor. */
  readonly side: number;
  /** The slowest engine's time for their product, in ms, while the others compute too. */
  readonly matmulMs: number;
  readonly error?: string;
}

const SIDE = { usual: 1024, inSoftware: 256 };

/** Who shares what. */
export interface Sharing {
  readonly backend: string;
  /** As in `Cluster.start`. */
  readonly devices: string;
  readonly engines: number;
  /** Whether it is emulated by the processor. */
  readonly isInSoftware: boolean;
}

/** Runs `engines` engines with this backend on as many devices as there are. */
export async function shareDevice(sharing: Sharing): Promise<SharedDevice> {
  const { backend, devices, engines, isInSoftware } = sharing;
  const side = isInSoftware ? SIDE.inSoftware : SIDE.usual;
  let cluster: Cluster | undefined;
  try {
    cluster = await Cluster.start({ engines, backend, devices, name: null });
    const times = await cluster.all.apply(async (side: number) => {
      const tf = await import('@tensorflow/tfjs');
      const ones = tf.ones([side, side]) as never;
      let best = Infinity;
      for (let k = 0; k < 5; k++) {
        const started = performance.now();
        const product = tf.matMul(ones, ones);
        const values = await product.data();
        best = Math.min(best, performance.now() - started);
        product.dispose();
        if (values.some(value => value !== side)) return NaN;
      }
      return best;
    }, side);
    const right = times.filter(ms => !Number.isNaN(ms));
    return { engines, right: right.length, side, matmulMs: Math.max(...right) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { engines, right: 0, side, matmulMs: NaN, error: said };
  } finally {
    await cluster?.stop();
  }
}
