/** 20 steps of ResNet-20 from given weights, each on a batch of its own: prints the losses. Argument: a backend. */
process.env.DECENTLAB_BACKEND = process.argv[2];
const { loadTensorflow, resnet20 } =
  await import('../../../../kernel-runtime/dist/programs/index.js');
const [steps, batch] = [20, 16];
const tf = await loadTensorflow();
const model = await resnet20({ seed: 1 });
const side = 32;
/** Stripes as wide as the class says, and waves that move with k. */
function images(labels, k) {
  const size = side * side * 3;
  const values = Float32Array.from({ length: labels.length * size }, (_, j) => {
    const stripes = Math.sin(((j % size) * (1 + labels[Math.floor(j / size)])) / 50);
    return stripes + 0.5 * Math.sin(1.7 * j + k);
  });
  return tf.tensor(values, [labels.length, side, side, 3]);
}
// At ten times this rate TensorFlow’s losses differ from its own without oneDNN by 1e-3: a rounding decides for some pixels
// on which side of relu they are, and the next steps multiply that.
const optimizer = tf.train.momentum(1e-4, 0.9);
const losses = [];
for (let k = 0; k < steps; k++) {
  const labels = Int32Array.from({ length: batch }, (_, row) => (7 * row + k) % 10);
  const xs = images(labels, k);
  const ys = tf.oneHot(tf.tensor1d(labels, 'int32'), 10);
  const loss = optimizer.minimize(
    () => tf.losses.softmaxCrossEntropy(ys, model.apply(xs, { training: true })),
    true
  );
  losses.push((await loss.data())[0]);
  tf.dispose([xs, ys, loss]);
}
// The statistics of batch normalization are what evaluation takes.
const statistics = await Promise.all(
  model.layers
    .filter(layer => layer.getClassName() === 'BatchNormalization')
    .flatMap(layer => layer.nonTrainableWeights.map(weight => weight.read().data()))
);
const moving = statistics.map(values => values.reduce((sum, value) => sum + value, 0));
console.log(JSON.stringify({ backend: tf.getBackend(), losses, moving }));
process.exit(0);
