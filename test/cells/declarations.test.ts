/** What the compiler has loaded before anybody asks: declarations are most of the memory of an idle kernel. */
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';

import { CellProgram } from '../../kernel-runtime/src/cells/compiler/program.js';

/** Far above what is needed, and half of what all of Node's declarations would add. */
const NODES = 110_000;

function loaded(program: CellProgram): string[] {
  return program.program.getSourceFiles().map(({ fileName }) => fileName);
}

describe('The declarations', () => {
  const program = new CellProgram(tmpdir());

  it.each(['node/fs.d.ts', 'node/http.d.ts', 'node/crypto.d.ts', '@types/ws/', '@tensorflow/'])(
    'of %s are not loaded until a cell asks for them, though the library mentions some',
    part => {
      expect(loaded(program).filter(name => name.includes(part))).toEqual([]);
    }
  );

  it('that are always there are few', () => {
    const files = program.program.getSourceFiles() as readonly { nodeCount?: number }[];
    const nodes = files.reduce((sum, { nodeCount = NaN }) => sum + nodeCount, 0);
    expect(nodes).toBeLessThan(NODES);
  });

  it('of a module come with its import', () => {
    program.open('cell.ts', `import { readFileSync } from 'node:fs';`);
    expect(loaded(program).filter(name => name.endsWith('node/fs.d.ts'))).toHaveLength(1);
  });
});
