/** A tensor that does not fit is an error on its rank; the cluster, and what that rank holds, go on. */
import { expect, it } from 'vitest';
import { backends } from '../../kernel-runtime/src/mathematics/tensor/backends/table.js';
import { clusterErrorOf, codesOf, startCluster, valuesOf } from './real-cluster.js';

const ENGINES = 3;

it.for([
  // 128 KiB less than the addresses of wasm reach, and far more than they do.
  { backend: 'wasm', shape: '[2 ** 15, 2 ** 15 - 1]' },
  { backend: 'wasm', shape: '[2 ** 20, 2 ** 20]' },
  { backend: 'tensorflow', shape: '[2 ** 20, 2 ** 20]' }
])('$shape on $backend', async ({ backend, shape }, context) => {
  const missing = backends.find(({ name }) => name === backend)?.missing();
  if (missing) return context.skip(`${missing.reason}. ${missing.remedy}`);
  const cluster = await startCluster({ engines: ENGINES, backend });
  await cluster.execute('var tf = await loadTensorflow(); var kept = tf.fill([1000], 3 * rank());');
  const error = await clusterErrorOf(
    cluster.execute(`if (rank() === 1) tf.tile(tf.zeros([1, 1]), ${shape}); 'done'`)
  );
  expect(codesOf(error, ENGINES)).toEqual([null, 'DEVICE_MEMORY', null]);
  expect(error.message).toMatch(/no room left/);
  const mean = await valuesOf(cluster, '(await (await allreduce(kept)).data())[999]');
  expect(mean).toEqual(['3', '3', '3']);
});
