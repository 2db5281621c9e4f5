/** Computes something with what was set up, in a process of its own: a wrong library would end it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { DecentLabError } from '../../../errors.js';
import { programUrl } from '../../../package.js';

const TRY = `
const { loadTensorflow } = await import(process.argv[1]);
const tf = await loadTensorflow();
const [product] = await tf.matMul([[3, 4]], [[3], [4]]).data();
if (product !== 25) throw new Error('3 · 3 + 4 · 4 is ' + product);
const { binding } = tf.backend();
console.log('TensorFlow ' + binding.TF_Version + ' computes on ' + (binding.isUsingGpuDevice() ? 'the GPU' : 'the processor'));
`;

/** @returns the line that says so. @throws TENSORFLOW_LOAD */
export async function prove(): Promise<string> {
  const args = ['--input-type=module', '--eval', TRY, programUrl('index').href];
  const env = { ...process.env, DECENTLAB_BACKEND: 'tensorflow' };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    const said = stdout.trim().split('\n').at(-1) ?? '';
    return `${said}: choose it with \`--backend tensorflow\`, or by \`auto\`.`;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const reason = /^\w*Error: .*$/m.exec(stderr ?? '')?.[0] ?? message.split('\n')[0];
    throw new DecentLabError('TENSORFLOW_LOAD', { reason });
  }
}
