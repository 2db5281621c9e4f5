/** Variables that live on some ranks only: their types, and what is said about their absence. */
import { describe, expect, it } from 'vitest';

import { CellCompiler } from '../../kernel-runtime/src/cells/compiler/compiler.js';

const ALL = [0, 1, 2, 3];
const compiler = new CellCompiler({ cwd: process.cwd() });

/** Compiles cells one after the other in a fresh scope; the last one's errors or JavaScript. */
function run(cells: readonly (readonly [string, readonly number[]])[]): string {
  compiler.dropAll('engines');
  const results = cells.map(([source, ranks]) =>
    compiler.compile('engines', source, 'cell', ranks)
  );
  const last = results[results.length - 1];
  return last.status === 'error' ? last.error.traceback.join('\n') : last.cell.js;
}

describe('A variable that lives on some ranks only', () => {
  it.each([
    [
      'may be undefined on the others, which is said with the ranks that have it',
      [
        ['let x = Float64Array.of(1)', [0, 2]],
        ['x.length', ALL]
      ],
      "cell:1:1 - error TS18048: 'x' is possibly 'undefined'. – x lives on ranks 0, 2 only"
    ],
    [
      'may be undefined as an operand, too',
      [
        ['let x = Float64Array.of(1)', [1]],
        ['2 * x', ALL]
      ],
      "cell:1:5 - error TS18048: 'x' is possibly 'undefined'. – x lives on rank 1 only"
    ],
    [
      'may be undefined where it is called',
      [
        ['function f() { return 1 }', [0]],
        ['f()', [0, 1]]
      ],
      "Cannot invoke an object which is possibly 'undefined'. – f lives on rank 0 only"
    ],
    [
      'can be used after a test',
      [
        ['let x = [1]', [0]],
        ['x ? x.length : 0', ALL]
      ],
      "if (typeof x === 'undefined') globalThis.x = undefined;"
    ],
    [
      'has its own type where all targets have it',
      [
        ['let x = 1', [0, 2]],
        ['x + 1', [2]]
      ],
      'x + 1'
    ],
    [
      'keeps its own type for later cells there',
      [
        ['let x = 1', [0]],
        ['x', ALL],
        ['x + 1', [0]]
      ],
      'x + 1'
    ],
    [
      'lives everywhere when the other ranks have got it, too',
      [
        ['let x = 1', [0, 2]],
        ['let x = 2', [1, 3]],
        ['x + 1', ALL]
      ],
      'x + 1'
    ],
    [
      'lives everywhere again when all ranks declare it',
      [
        ['let x = 1', [0]],
        ['const x = "a"', ALL],
        ['x.length', ALL]
      ],
      'x.length'
    ],
    [
      'is not asked for where the cell declares the name itself',
      [
        ['let x = 1', [0]],
        ['let x = 2; x + 1', ALL]
      ],
      'x + 1'
    ],
    [
      'does not concern types',
      [
        ['interface P { a: number }', [0]],
        ['let p: P = { a: 1 }; p.a', ALL]
      ],
      'p.a'
    ]
  ] as [string, [string, number[]][], string][])('%s', (_what, cells, expected) => {
    expect(run(cells)).toContain(expected);
  });

  it('stays a constant', () => {
    expect(
      run([
        ['const c = 1', [0]],
        ['c = undefined', ALL]
      ])
    ).toContain('TS2588');
  });

  it('is known by its ranks when it was pushed', () => {
    compiler.dropAll('engines');
    compiler.declare('engines', { pushed: 'number[]' }, [3]);
    const result = compiler.compile('engines', 'pushed[0]', 'cell', ALL);
    expect(result).toMatchObject({
      error: { message: expect.stringContaining('rank 3 only') as string }
    });
    expect(compiler.inspect('engines', 'pushed', 3)?.text).toContain(
      'pushed lives on rank 3 only.'
    );
  });

  it('needs no word about its ranks where it lives on all engines', () => {
    run([
      ['let everywhere = 1', ALL],
      ['let somewhere = 1', [0, 2]]
    ]);
    const size = ALL.length;
    const about = (name: string) => compiler.inspect('engines', name, 3, { size })?.text;
    expect(about('everywhere')).not.toContain('lives on');
    expect(about('somewhere')).toContain('somewhere lives on ranks 0, 2 only.');
    compiler.dropRank(1);
    expect(about('everywhere')).toContain('everywhere lives on ranks 0, 2, 3 only.');
  });

  it('is gone where the engine was restarted', () => {
    run([['let x = 1', ALL]]);
    compiler.dropRank(2);
    const result = compiler.compile('engines', 'x + 1', 'cell', ALL);
    expect(result).toMatchObject({
      error: { message: expect.stringContaining('x lives on ranks 0, 1, 3 only') as string }
    });
  });
});
