/** A training run of one rank, the same text on engines and in the simulator: what it needs is given to it. */
import type {
  algorithmNamed,
  distributedOptimizer,
  loadCheckpoint,
  onePeerExponential,
  random,
  saveCheckpoint,
  Communicator
} from 'decentlab';

type Tensorflow = typeof import('@tensorflow/tfjs');

/** What a run takes of the library. */
export interface Library {
  readonly tf: Tensorflow;
  readonly algorithmNamed: typeof algorithmNamed;
  readonly distributedOptimizer: typeof distributedOptimizer;
  readonly loadCheckpoint: typeof loadCheckpoint;
  readonly onePeerExponential: typeof onePeerExponential;
  readonly random: typeof random;
  readonly saveCheckpoint: typeof saveCheckpoint;
}

/** Makes `library` in a cell of engines. */
export const LIBRARY_ON_ENGINES = `var tf = await loadTensorflow();
  var library = { tf, algorithmNamed, distributedOptimizer, loadCheckpoint, onePeerExponential, random, saveCheckpoint };
  setTopology(ringGraph(size()));`;

export interface Given {
  readonly method: string;
  readonly steps: number;
  /** One peer a step in place of the topology that is set. */
  readonly onePeer?: boolean;
  /** Where every third step is saved, and what is there is taken up. */
  readonly folder?: string;
  /** Rank 1 kills its own process after so many steps. */
  readonly killAfter?: number;
}

/** Parameters and statistics at the end, as one vector. It names nothing but its arguments. */
export async function train(
  communicator: Communicator,
  library: Library,
  { method, steps, onePeer = false, folder, killAfter }: Given
): Promise<Float32Array> {
  const { tf, random } = library;
  const { rank, size } = communicator;
  const [inputs, outputs, samples] = [16, 3, 8];
  const kernelInitializer = tf.initializers.randomNormal({ seed: 3 + rank, stddev: 0.3 });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 5, inputShape: [inputs], kernelInitializer }),
      tf.layers.batchNormalization(),
      tf.layers.activation({ activation: 'tanh' }),
      tf.layers.dense({ units: outputs, kernelInitializer })
    ]
  });
  const gamma = (k: number): number => 0.05 * Math.min(1, (k + 1) / 3);
  const algorithm = library.algorithmNamed(method, { gamma, beta: 0.9, tau: 4, eta: 0.1 });
  const optimizer = await library.distributedOptimizer(model, algorithm, {
    communicator,
    weightDecay: 1e-3,
    ...(onePeer && { topology: library.onePeerExponential(size) })
  });
  const saved = folder && (await library.loadCheckpoint<{ stream: number[] }>(folder, optimizer));
  const stream = saved ? random.restore(saved.stream) : random(7, rank);
  const draw = (columns: number) =>
    tf.tensor2d(Float32Array.from(stream.normal(samples * columns)), [samples, columns]);
  while (optimizer.k < steps) {
    const [xs, noise] = [draw(inputs), draw(outputs)];
    await optimizer.minimize(() => {
      const outcome = model.apply(xs, { training: true }) as typeof noise;
      return outcome.sub(noise.add(rank)).square().mean();
    });
    tf.dispose([xs, noise]);
    const { k } = optimizer;
    if (folder && k % 3 === 0)
      await library.saveCheckpoint(folder, optimizer, { stream: stream.state() });
    if (k === killAfter && rank === 1) process.kill(process.pid, 'SIGKILL');
  }
  await optimizer.finish();
  const weights = await Promise.all(model.getWeights().map(weight => weight.data()));
  model.dispose();
  return Float32Array.from(weights.flatMap(weight => Array.from(weight)));
}
