/** The networks have the published sizes, equal seeds give equal weights, and each of them learns. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  modelNamed,
  modelNames,
  parameterCount
} from '../../../../kernel-runtime/src/mathematics/problems/models/by-name.js';
import { resnet20 } from '../../../../kernel-runtime/src/mathematics/problems/models/resnet20.js';
import { perceptron } from '../../../../kernel-runtime/src/mathematics/problems/models/small.js';
import {
  loadTensorflow,
  type Tensorflow
} from '../../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';

let tf: Tensorflow;
beforeAll(async () => {
  tf = await loadTensorflow();
});

describe('The network', () => {
  it.each([
    ['perceptron', 10, 13_002],
    ['smallConvNet', 10, 24_234],
    ['resnet20', 10, 269_722],
    ['resnet20', 100, 275_572],
    // Those of the published weights of torchvision, 1,000 and 10 classes.
    ['resnet50', 1000, 25_557_032],
    ['resnet50', 10, 23_528_522]
  ])('%s for %i classes has %i parameters', async (name, classes, parameters) => {
    const model = await modelNamed(name, { classes, weights: 'zeros' });
    expect(parameterCount(model)).toBe(parameters);
    expect(model.outputs[0].shape).toEqual([null, classes]);
    model.dispose();
  });

  it('resnet50 takes images of ImageNet, and its last pixels are 7 x 7', async () => {
    const model = await modelNamed('resnet50', { weights: 'zeros', classes: 2 });
    expect(model.inputs[0].shape).toEqual([null, 224, 224, 3]);
    const last = model.layers.find(layer => layer.getClassName() === 'GlobalAveragePooling2D');
    expect(last?.input).toMatchObject({ shape: [null, 7, 7, 2048] });
    model.dispose();
  });

  it.each(['perceptron', 'smallConvNet', 'resnet20'])(
    '%s has the weights of its seed, and no two layers the same',
    async name => {
      const [one, same, other] = await Promise.all(
        [1, 1, 2].map(seed => modelNamed(name, { seed }))
      );
      const kernels = (model: typeof one): string[] =>
        model
          .getWeights()
          .filter(({ shape }) => shape.length > 1)
          .map(t => t.dataSync().slice(0, 8).join());
      expect(kernels(one)).toEqual(kernels(same));
      expect(kernels(one)).not.toEqual(kernels(other));
      expect(new Set(kernels(one)).size).toBe(kernels(one).length);
      [one, same, other].forEach(model => model.dispose());
    }
  );

  it('resnet20 hands on every second pixel between channels of zeros, where the size halves', async () => {
    const model = await resnet20({ side: 8, weights: 'zeros' });
    const shortcut = model.layers.find(layer => layer.getClassName() === 'IdentityShortcut')!;
    const x = tf.range(0, 2 * 4 * 4 * 2).reshape([2, 4, 4, 2]);
    // Sixteen channels become 32: eight zeros on both sides.
    const y = shortcut.apply(
      tf.pad(x as never, [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 14]
      ])
    ) as typeof x;
    expect(y.shape).toEqual([2, 2, 2, 32]);
    const at = (...place: number[]) => tf.slice(y, [...place, 8], [1, 1, 1, 2]).dataSync();
    expect(Array.from(at(0, 0, 1))).toEqual([4, 5]);
    expect(Array.from(at(1, 1, 0))).toEqual([48, 49]);
    expect(tf.slice(y, [0, 0, 0, 0], [-1, -1, -1, 8]).abs().sum().dataSync()[0]).toBe(0);
    model.dispose();
  });

  it('perceptron learns: its loss falls to less than a half in thirty steps', async () => {
    const model = await perceptron({ side: 8, classes: 2, seed: 3 });
    const xs = tf.randomNormal([32, 8, 8, 3], 0, 4, 'float32', 7);
    const ys = tf.oneHot(tf.range(0, 32).mod(2).toInt(), 2);
    const optimizer = tf.train.sgd(1);
    const step = (): number =>
      optimizer
        .minimize(() => tf.losses.softmaxCrossEntropy(ys, model.apply(xs) as typeof xs), true)!
        .dataSync()[0];
    const first = step();
    let last = first;
    for (let k = 0; k < 30; k++) last = step();
    expect(last).toBeLessThan(first / 2);
    model.dispose();
  });

  it('resnet50 learns: its loss falls in three steps on small images, and no tensor is left', async () => {
    const model = await modelNamed('resnet50', { side: 32, classes: 4, seed: 1 });
    const xs = tf.randomNormal([4, 32, 32, 3], 0, 1, 'float32', 7);
    const ys = tf.oneHot(tf.range(0, 4, 1, 'int32'), 4);
    const optimizer = tf.train.sgd(0.05);
    const step = async (): Promise<number> => {
      const apply = (): typeof xs => model.apply(xs, { training: true }) as typeof xs;
      const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(ys, apply()), true)!;
      const [value] = await loss.data();
      loss.dispose();
      return value;
    };
    const losses = [await step()];
    const before = tf.memory().numTensors;
    for (let k = 0; k < 2; k++) losses.push(await step());
    expect(tf.memory().numTensors).toBe(before);
    expect(losses[1]).toBeLessThan(losses[0]);
    expect(losses[2]).toBeLessThan(losses[1]);
    tf.dispose([xs, ys]);
    model.dispose();
  });

  it.each([
    ['resnet20', { side: 30 }, /resnet20, side.*multiple of 4, received 30/],
    ['resnet20', { classes: 1 }, /resnet20, classes.*>= 2, received 1/],
    ['resnet50', { side: 100 }, /multiple of 32, received 100/],
    ['smallConvNet', { channels: 0 }, /channels.*>= 1, received 0/],
    ['perceptron', { weights: 'none' as never }, /'random' or 'zeros'/],
    ['resnet21', {}, /one of resnet20, resnet50, received "?resnet21/]
  ])('%s refuses %j', async (name, options, sentence) => {
    await expect(modelNamed(name, options)).rejects.toThrow(sentence);
  });

  it('is known by these names', () => {
    expect(modelNames).toEqual(['perceptron', 'smallConvNet', 'resnet20', 'resnet50']);
  });
});
