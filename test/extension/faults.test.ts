/** What the panel says when something cannot be done: by code and details, so that every sentence is the reader's. */
import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it, vi } from 'vitest';
import { faultSentence, fittingEngines, toldOf } from '../../extension/src/clusters/faults.js';
import { KernelFault } from '../../extension/src/clusters/kernel-fault.js';
import { faultOf } from '../../extension/src/clusters/state.js';
import { causeOf, Spoken } from '../../extension/src/course/causes.js';
import { drawnTopology } from '../../kernel-runtime/src/cluster/client/drawn-topology.js';
import { settingsOf } from '../../kernel-runtime/src/cluster/client/settings.js';
import { assertTopology } from '../../kernel-runtime/src/cluster/client/start.js';
import { DecentLabError, errorCodes } from '../../kernel-runtime/src/errors.js';
import { topologyFromWeights } from '../../kernel-runtime/src/mathematics/graph/edges.js';
import { foreignWords, marking } from '../helpers/marking.js';

const trans = nullTranslator.load('jupyterlab-decentlab');
const memory = { engines: 8, need: 480e6, free: 250e6, fitting: 4 };
const limit = { engines: 8, limit: 6, running: 4, free: 2, path: '/etc/decentlab/limits.json' };
const notStarted = {
  code: 'ENGINE_NOT_STARTED',
  detail: { rank: 1, cause: 'x', how: 'exit code 9' }
};

describe('a fault', () => {
  it.each<[string, Record<string, unknown>, string, number | null]>([
    ['MEMORY_SHORT', memory, '8 engines need about 480 MB, and 250 MB are free.', 4],
    ['MEMORY_SHORT', { ...memory, fitting: 0 }, '8 engines need about', null],
    ['LIMIT_REACHED', limit, 'You may have 6 engines at a time on this machine, and 4 run', 2],
    ['LIMITS_INVALID', limit, 'cannot be read: /etc/decentlab/limits.json.', null],
    ['CLUSTER_NOT_FOUND', { received: 'ab' }, 'Cluster ab is not running any more.', null],
    ['CLUSTER_ENDED', { id: 'ab' }, 'Cluster ab has ended', null],
    ['CLUSTER_DIFFERS', { id: 'ab', differences: [] }, 'Cluster ab of this notebook runs', null],
    ['CONTROLLER_SILENT', { id: 'ab' }, 'Cluster ab does not answer', null],
    ['RANKS_BUSY', { ranks: [0, 2] }, 'A cell runs on engine 0, 2: W is set between cells.', null],
    ['TOPOLOGY_FROZEN', { rank: 2, names: ['w'] }, 'Engine 2 has windows, whose slots', null],
    ['TOPOLOGY_UNKNOWN', { received: 'rign' }, 'There is no topology called rign.', null],
    ['FILE_INVALID', { path: 'w.txt' }, 'w.txt does not describe a topology', null],
    ['CLUSTER_NOT_STARTED', { cause: 'EACCES' }, 'The cluster could not start.', null],
    ['CLUSTER_NOT_STARTED', { cause: 'x', how: 'exit code 1' }, 'its controller ended (exit code 1).', null], // prettier-ignore
    ['CLUSTER_NOT_STARTED', { cause: 'x', reason: notStarted }, 'The cluster could not start: Engine 1 could not start (exit code 9).', null], // prettier-ignore
    ['ENGINE_NOT_STARTED', { rank: 1, cause: 'EIO' }, 'Engine 1 could not start.', null],
    ['BACKEND_MISSING', { name: 'torch' }, 'The backend torch is not set up here', null],
    ['BACKEND_DEVICE', { name: 'cpu', can: [] }, 'The backend cpu cannot compute on such', null],
    ['DEVICE_MISSING', { wanted: 'GPU 3', found: [] }, 'GPU 3 was asked for, and is not', null],
    ['VALUE_INVALID', { from: 1, to: 1 }, 'There is no link between engines 1 and 1.', null],
    ['VALUE_INVALID', { rank: 1 }, 'Engine 1 refuses it.', null]
  ])('%s %j', (code, detail, sentence, fitting) => {
    expect(errorCodes).toContain(code);
    const fault = faultOf({ request: 1, error: 'in the words of the kernel', code, detail });
    const said = faultSentence(fault, trans);
    expect(said).toContain(sentence);
    expect(foreignWords(faultSentence(fault, marking))).toBe('');
    // JupyterLab shows no more of a notification.
    expect(said.length).toBeLessThanOrEqual(140);
    expect(fittingEngines(fault)).toBe(fitting);
  });

  it.each<[string, () => unknown, string]>([
    ['no engines', () => settingsOf({}, 0), 'Cluster.start, engines: 0 is no whole number from 1'],
    ['a backend that nobody knows', () => settingsOf({ backend: 'wsam' }, 2), 'backend: there is no wsam. Did you mean wasm? Known are auto, '], // prettier-ignore
    ['a backend like no other', () => settingsOf({ backend: 'xyzzy' }, 2), 'backend: there is no xyzzy. Known are auto, '], // prettier-ignore
    ['devices in the words of PyTorch', () => settingsOf({ backend: 'cpu', devices: 'cuda:0' }, 2), 'devices: cuda:0 is none of auto, cpu, gpu, and GPUs by'], // prettier-ignore
    ['a topology that nobody knows', () => assertTopology({ topology: 'rign' }, 4), 'There is no topology called rign.'], // prettier-ignore
    ['a schedule of graphs', () => assertTopology({ topology: 'one-peer-ring' }, 4), 'The graph one-peer-ring changes with time'], // prettier-ignore
    ['a number that has no words here', () => settingsOf({ nodesPerMachine: 3 }, 4), 'The kernel cannot do this (VALUE_INVALID).'], // prettier-ignore
    ['a link to an engine that is none', () => drawnTopology({ size: 3, sources: [[7], [], []], rule: 'metropolis' }), 'A link joins two different engines from 0 to 2'], // prettier-ignore
    ['a source that is none', () => drawnTopology({ size: 2, sources: [[7], [0]], rule: 'averaging' }), 'An engine takes from others from 0 to 1'], // prettier-ignore
    ['W that is not square', () => topologyFromWeights('w', [[1, 0]]), 'W is square, and this is 1 x 2.'], // prettier-ignore
    ['W with a hole', () => topologyFromWeights('w', [[NaN]]), 'NaN is no finite number.'],
    ['an engine that is none', () => { throw new DecentLabError('VALUE_INVALID', { what: 'Cluster.ranks', expected: 'ranks from 0 to 3', received: 9 }); }, 'There is no engine 9: they are 0 to 3.'] // prettier-ignore
  ])('of the kernel has no English words of its own: %s', async (_, act, sentence) => {
    const error = await Promise.resolve().then(act).then(() => null, (reason: DecentLabError) => reason); // prettier-ignore
    if (!error) throw new Error('It was not refused.');
    const { code, detail, message } = error;
    const fault = faultOf({ request: 1, error: message, code, detail });
    expect(faultSentence(fault, trans)).toContain(sentence);
    expect(foreignWords(faultSentence(fault, marking))).toBe('');
  });

  it.each(errorCodes)('of any code is ours, and the kernel is quoted at most: %s', code => {
    const fault = new KernelFault('In the words of the kernel.', code, {});
    const { sentence, quotation } = toldOf(fault, marking);
    expect(foreignWords(sentence)).toBe('');
    expect([null, 'In the words of the kernel.']).toContain(quotation);
    if (sentence.includes(code)) expect(quotation).not.toBe(null);
  });

  it.each([
    [new KernelFault('', 'KERNEL_GONE', {}), 'The kernel went away before it answered.', null],
    [new KernelFault('Something else.', 'SHAPE_MISMATCH', {}), 'The kernel cannot do this (SHAPE_MISMATCH).', 'Something else.'], // prettier-ignore
    [faultOf({ request: 1, error: 'Something else.', code: 7, detail: 'x' }), 'The kernel cannot do this.', 'Something else.'], // prettier-ignore
    [new Error('Something else.'), 'The kernel cannot do this.', 'Something else.'],
    ['Something else.', 'The kernel cannot do this.', 'Something else.']
  ])('%s is said', (error, sentence, quotation) => {
    expect(toldOf(error, trans)).toEqual({ sentence, quotation });
    expect(fittingEngines(error)).toBeNull();
  });
});

describe('a file that cannot be read', () => {
  it.each([
    [
      Object.assign(new Error('Not Found'), { response: { status: 404 } }),
      'there is no such file.'
    ],
    [Object.assign(new Error('Forbidden'), { response: { status: 403 } }), 'does not allow it.'],
    [
      Object.assign(new Error('Oh'), { response: { status: 500 } }),
      'could not do it (status 500).'
    ],
    [new TypeError('Failed to fetch'), 'the Jupyter server does not answer.'],
    [new Error('Something else.'), 'the console of the page says what.'],
    [new Spoken('«A sentence of ours.»'), 'A sentence of ours.']
  ])('is explained in our words: %s', (error, sentence) => {
    const written = vi.spyOn(console, 'error').mockReturnValue();
    expect(causeOf(error, trans)).toContain(sentence);
    // What the server said is not lost.
    if (!(error instanceof Spoken)) expect(written).toHaveBeenCalledWith(error);
    expect(foreignWords(causeOf(error, marking))).toBe('');
    written.mockRestore();
  });
});
