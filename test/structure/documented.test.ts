/** Every file says what it is for, every exported function is documented, and no file grows beyond reading. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn, root } from '../helpers/project.js';
import { hasPurposeLine, undocumentedExports } from './documented.js';

const LONGEST = 400;

const SOURCES = [
  ...filesIn('kernel-runtime/src', ['.ts']),
  ...filesIn('kernel-runtime/bin', ['.mjs']),
  ...filesIn('extension/src', ['.ts', '.tsx'])
];
const TESTS = filesIn('test', ['.ts']);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('Source files', () => {
  it('document each exported function', () => {
    const found = SOURCES.flatMap(path =>
      undocumentedExports(read(path)).map(name => `${path}: ${name}`)
    );
    expect(found).toEqual([]);
  });

  it('begin with their purpose', () => {
    const helpers = TESTS.filter(path => !path.endsWith('.test.ts'));
    expect([...SOURCES, ...helpers].filter(path => !hasPurposeLine(read(path)))).toEqual([]);
  });

  it(`have at most ${LONGEST} lines`, () => {
    const lines = [...SOURCES, ...TESTS].map(path => ({ path, lines: lineCount(read(path)) }));
    expect(lines.filter(file => file.lines > LONGEST)).toEqual([]);
  });
});

describe('The checker of documentation', () => {
  it.each([
    ['a function', '/** File. */\nimport "a";\nexport function f() {}', ['f (line 3)']],
    [
      'a first function under the purpose line',
      '/** File. */\nexport function f() {}',
      ['f (line 2)']
    ],
    ['an arrow function', 'import "a";\nexport const f = () => 1;', ['f (line 2)']],
    ['an async function', 'import "a";\nexport async function f() {}', ['f (line 2)']]
  ])('finds %s without a comment', (_, source, names) => {
    expect(undocumentedExports(source)).toEqual(names);
  });

  it.each([
    ['a documented function', '/** File. */\n\n/** Does it. */\nexport function f() {}'],
    [
      'an overloaded function',
      '/** F. */\nimport "a";\n/** A. */\nexport function f(x: 1): 1;\nexport function f(x: 2): 2;\nexport function f(x: 1 | 2) { return x; }'
    ],
    ['a value', 'import "a";\nexport const x = 1;'],
    ['a function of the file itself', 'import "a";\nfunction f() {}']
  ])('leaves %s alone', (_, source) => {
    expect(undocumentedExports(source)).toEqual([]);
  });

  it('sees a missing purpose line and a file that is too long', () => {
    expect(hasPurposeLine("import { x } from 'y';")).toBe(false);
    expect(lineCount('\n'.repeat(LONGEST + 1))).toBeGreaterThan(LONGEST);
  });
});

function lineCount(text: string): number {
  return text.split('\n').length;
}
