/** Variables that the outside gives to cells and takes from them, as push and pull do on an engine. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, it } from 'vitest';

let report: Record<string, unknown>;
beforeAll(async () => {
  const child = fork(fileURLToPath(new URL('variables-process.mjs', import.meta.url)), {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc']
  });
  const gone = once(child, 'exit').then(() => Promise.reject(new Error('It ended unasked.')));
  [report] = (await Promise.race([once(child, 'message'), gone])) as [Record<string, unknown>];
  gone.catch(() => undefined);
  child.kill('SIGKILL');
});

describe('a variable', () => {
  it.each([
    ['of a cell gets a new value', 'own', 5],
    ['that no cell declared appears', 'pushed', [1, 2]],
    ['is what the functions of cells see', 'seen', '10'],
    ['is seen by a function that is shipped', 'called', 17],
    ['that is absent is named', 'absent', 'ReferenceError: absent is not defined'],
    ['may hold a promise', 'promise', 3],
    [
      'is told once, in the order in which cells declared them last',
      'names',
      ['twice', 'pushed', 'later', 'again', 'own']
    ],
    ['needs a name', 'name', "SyntaxError: 'a b' is not the name of a variable."]
  ])('%s', (_what, key, expected) => {
    expect(report[key]).toEqual(expected);
  });
});

describe('a shipped function', () => {
  it('rejects with the error that it throws', () => {
    expect(report['thrown']).toBe('RangeError: far');
  });
});
