/** What the panel says when something cannot be done: by code and details, so that it can be translated. */
import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { faultSentence, fittingEngines, KernelFault } from '../../extension/src/clusters/faults.js';
import { faultOf } from '../../extension/src/clusters/state.js';
import { errorCodes } from '../../kernel-runtime/src/errors.js';

const trans = nullTranslator.load('jupyterlab-decentlab');
const memory = { engines: 8, need: 480e6, free: 250e6, fitting: 4 };
const limit = { engines: 8, limit: 6, running: 4, free: 2, path: '/etc/decentlab/limits.json' };

describe('a fault', () => {
  it.each<[string, Record<string, unknown>, string, number | null]>([
    ['MEMORY_SHORT', memory, '8 engines need about 480 MB, and 250 MB are free.', 4],
    ['MEMORY_SHORT', { ...memory, fitting: 0 }, '8 engines need about', null],
    ['LIMIT_REACHED', limit, 'You may have 6 engines at a time on this machine, and 4 run', 2],
    ['LIMITS_INVALID', limit, 'cannot be read: /etc/decentlab/limits.json.', null],
    ['CLUSTER_NOT_FOUND', { received: 'ab' }, 'Cluster ab is not running any more.', null],
    ['CLUSTER_ENDED', { id: 'ab' }, 'Cluster ab has ended', null],
    ['CONTROLLER_SILENT', { id: 'ab' }, 'Cluster ab does not answer', null],
    ['RANKS_BUSY', { ranks: [0, 2] }, 'A cell runs on engine 0, 2: W is set between cells.', null],
    ['TOPOLOGY_FROZEN', { rank: 2 }, 'Engine 2 has windows, whose slots', null],
    ['TOPOLOGY_UNKNOWN', { received: 'rign' }, 'There is no topology called rign.', null],
    ['FILE_INVALID', { path: 'w.txt' }, 'w.txt does not describe a topology', null],
    ['CLUSTER_NOT_STARTED', { cause: 'EACCES' }, 'The cluster could not start: EACCES', null],
    ['ENGINE_NOT_STARTED', { rank: 1, cause: 'EIO' }, 'Engine 1 could not start: EIO', null],
    ['BACKEND_MISSING', { name: 'torch' }, 'The backend torch is not set up here', null],
    ['BACKEND_DEVICE', { name: 'cpu' }, 'The backend cpu cannot compute on such', null],
    ['DEVICE_MISSING', { wanted: 'GPU 3' }, 'GPU 3 was asked for, and is not there.', null],
    ['VALUE_INVALID', { from: 1, to: 1 }, 'There is no link between engines 1 and 1.', null],
    [
      'VALUE_INVALID',
      { what: 'Cluster.start, engines', expected: 'a whole number >= 1', received: 0 },
      'Cluster.start, engines: 0 is no whole number from 1 on.',
      null
    ],
    [
      'VALUE_INVALID',
      { what: 'backend', expected: 'one of auto, cpu', received: 'cup' },
      'backend: received cup, expected one of auto, cpu.',
      null
    ]
  ])('%s %j', (code, detail, sentence, fitting) => {
    expect(errorCodes).toContain(code);
    const fault = faultOf({ request: 1, error: 'in the words of the kernel', code, detail });
    const said = faultSentence(fault, trans);
    expect(said).toContain(sentence);
    // JupyterLab shows no more of a notification.
    expect(said.length).toBeLessThanOrEqual(140);
    expect(fittingEngines(fault)).toBe(fitting);
  });

  it.each([
    [new KernelFault('', 'KERNEL_GONE', {}), 'The kernel went away before it answered.'],
    [new KernelFault('Something else.', 'SHAPE_MISMATCH', {}), 'Something else.'],
    [faultOf({ request: 1, error: 'Something else.', code: 7, detail: 'x' }), 'Something else.'],
    [new Error('Something else.'), 'Something else.'],
    ['Something else.', 'Something else.']
  ])('%s is said', (error, sentence) => {
    expect(faultSentence(error, trans)).toBe(sentence);
    expect(fittingEngines(error)).toBeNull();
  });
});
