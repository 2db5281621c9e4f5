/**
 * Runs the kernels of the backend torch on PyTorch's device without memory, `meta`, which shows what only a GPU shows
 * else: a result that lies elsewhere. Argument: our built folder. Prints the kernels and what was wrong as JSON.
 */
// This process has no other backend of that name.
process.env['DECENTLAB_BACKEND'] = 'cpu';
const built = process.argv[2];
const from = file => import(`${built}/mathematics/tensor/${file}`);
const { loadTensorflow } = await from('tensorflow.js');
const { registerTorch } = await from('torch/backend/register.js');
const { kernels } = await from('torch/kernels/table.js');
const { loadAddon } = await from('torch/addon.js');
const { backendCases } = await from('check/cases.js');
const DEVICE = 'meta';

const tf = await loadTensorflow();
const addon = loadAddon();
const ran = new Set();
const wrong = new Set();
const watched = Object.entries(kernels).map(([name, kernel]) => [
  name,
  (...args) => {
    const results = kernel(...args);
    if (results === undefined) return undefined;
    ran.add(name);
    for (const handle of [results].flat()) {
      const device = addon.device(handle);
      if (device !== DEVICE) wrong.add(`${name}: a result on ${device}`);
    }
    return results;
  }
]);
registerTorch(tf, Object.fromEntries(watched), DEVICE);
await tf.setBackend('torch');

const ones = shape =>
  tf.tensor(new Float32Array(shape.reduce((n, one) => n * one, 1)).fill(1), shape);
const OTHERS = {
  fill: () => tf.add(tf.fill([3], 2), ones([3])),
  oneHot: () => tf.oneHot(tf.tensor1d([0, 1], 'int32'), 3),
  'whole numbers': () =>
    tf.matMul(tf.tensor2d([[1]], [1, 1], 'int32'), tf.tensor2d([[2]], [1, 1], 'int32')),
  segments: () => tf.unsortedSegmentSum(ones([3, 2]), tf.tensor1d([0, 1, 5], 'int32'), 2),
  step: () => tf.step(ones([2]), 0.5),
  pad: () => tf.pad(ones([2]), [[1, 1]], 3),
  gather: () => tf.gather(ones([4, 2]), tf.tensor1d([3, 0], 'int32')),
  'cumulative sum': () => tf.cumsum(ones([4]), 0, true, true),
  largest: () => tf.topk(ones([5]), 2),
  where: () => tf.where(tf.tensor1d([true, false], 'bool'), ones([2]), ones([2])),
  'one number beside many': () => tf.mul(ones([4]), tf.scalar(2)),
  complex: () => tf.real(tf.complex(ones([2]), ones([2]))),
  clip: () => tf.clipByValue(ones([2]), 0, 1),
  'places of extremes': () => [tf.argMax(ones([2, 2])), tf.argMin(ones([2, 2]))]
};
const cases = [
  ...backendCases.map(one => [
    one.name,
    () => {
      const inputs = one.shapes.map(ones);
      if (one.by?.length === 0) return one.compute(tf, inputs);
      return tf.grads((...given) => one.compute(tf, given))(inputs);
    }
  ]),
  ...Object.entries(OTHERS)
];
for (const [name, compute] of cases) {
  try {
    compute();
  } catch (error) {
    // What is left to the processor reads its input; and a few operators have no kernel without memory.
    if (!/meta tensor|no fake impl|convolution_overrideable/.test(error.message))
      wrong.add(`${name}: ${error.message}`);
  }
}
console.log(JSON.stringify({ cases: cases.length, kernels: [...ran], wrong: [...wrong] }));
process.exit(0);
