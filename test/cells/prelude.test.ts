/** What every cell has without an import. */
import { expect, it } from 'vitest';
import { preludeText } from '../../kernel-runtime/src/cells/compiler/prelude.js';
import * as library from '../../kernel-runtime/src/index.js';

it('every public name of the library stands in the scope of cells', () => {
  const names = new Set(preludeText().match(/\w+/g));
  const missing = Object.keys(library).filter(name => !names.has(name));
  expect(missing).toEqual([]);
  expect([...names]).toEqual(expect.arrayContaining(['relativeError', 'plot', 'Topology']));
});
