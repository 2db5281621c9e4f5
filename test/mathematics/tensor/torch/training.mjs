/** A small residual network with batch normalization, trained for 20 steps: prints its losses. Argument: a backend. */
process.env.DECENTLAB_BACKEND = process.argv[2];
const { loadTensorflow } = await import('../../../../kernel-runtime/dist/programs/index.js');
const tf = await loadTensorflow();

const seeded = seed => tf.initializers.heNormal({ seed });
const input = tf.input({ shape: [8, 8, 3] });
const convolve = (x, seed, strides = 1) =>
  tf.layers
    .conv2d({
      filters: 8,
      kernelSize: 3,
      strides,
      padding: 'same',
      kernelInitializer: seeded(seed)
    })
    .apply(x);
const normalize = x => tf.layers.batchNormalization().apply(x);
const relu = x => tf.layers.activation({ activation: 'relu' }).apply(x);
const first = relu(normalize(convolve(input, 1)));
const inner = normalize(convolve(relu(normalize(convolve(first, 2))), 3));
const block = relu(tf.layers.add().apply([first, inner]));
const halved = tf.layers
  .maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })
  .apply(convolve(block, 4, 2));
const flat = tf.layers.globalAveragePooling2d({}).apply(halved);
const logits = tf.layers.dense({ units: 5, kernelInitializer: seeded(5) }).apply(flat);
const model = tf.model({ inputs: input, outputs: logits });

const wave = (n, f) =>
  Float32Array.from({ length: n }, (_, k) => Math.sin(f * k) + Math.cos(0.37 * f * k));
const xs = tf.tensor(wave(8 * 8 * 8 * 3, 1.7), [8, 8, 8, 3]);
const ys = tf.oneHot(
  tf.tensor1d(
    Int32Array.from({ length: 8 }, (_, k) => k % 5),
    'int32'
  ),
  5
);
const optimizer = tf.train.momentum(0.05, 0.9);
const losses = [];
for (let step = 0; step < 20; step++) {
  const loss = optimizer.minimize(
    () => tf.losses.softmaxCrossEntropy(ys, model.apply(xs, { training: true })),
    true
  );
  losses.push((await loss.data())[0]);
  loss.dispose();
}
const before = tf.memory().numTensors;
tf.tidy(() => model.predict(xs).dataSync());
console.log(
  JSON.stringify({ backend: tf.getBackend(), losses, leaked: tf.memory().numTensors - before })
);
