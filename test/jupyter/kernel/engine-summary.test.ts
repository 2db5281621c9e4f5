/** The words of a `%%px` cell: its options, its ranks, and how the answers of many engines become one. */
import { describe, expect, it } from 'vitest';
import type { CellResult, Output } from '../../../kernel-runtime/src/cluster/protocol/cell.js';
import {
  EngineOutputs,
  SharedDisplays
} from '../../../kernel-runtime/src/jupyter/kernel/engine-outputs.js';
import {
  summarizeErrors,
  summarizeValues
} from '../../../kernel-runtime/src/jupyter/kernel/engine-results.js';
import { misplacedMagic, parseCell } from '../../../kernel-runtime/src/jupyter/kernel/magics.js';
import { pxDefaults } from '../../../kernel-runtime/src/jupyter/kernel/px-options.js';
import { formatRanks, resolveTargets } from '../../../kernel-runtime/src/jupyter/kernel/ranks.js';

const value = (text: string): CellResult => ({ status: 'ok', data: { 'text/plain': text } });
const failure = (message: string, code?: string): CellResult => ({
  status: 'error',
  error: {
    name: 'RangeError',
    message,
    traceback: [`RangeError: ${message}`],
    ...(code ? { code } : {})
  }
});

const settings = { isAuto: false, options: pxDefaults };
const parse = (source: string) => parseCell(source, settings);

describe('the head of a cell', () => {
  it.each([
    ['%%px\nx', { targets: null, block: true, local: false, groupOutputs: 'order', out: null }],
    ['%%px --targets 0,2:4 --noblock\nx', { targets: '0,2:4', block: false }],
    ['%%px -t 1 -a -o xs\nx', { targets: '1', block: false, out: 'xs' }],
    ['%%px --targets -1\nx', { targets: '-1' }],
    ['// a comment\n\n%%px --targets all\nx', { targets: null }],
    ['%%time\n%%px --local\nx', { local: true }],
    ['%%px --targets=1 --group-outputs engine\nx', { targets: '1', groupOutputs: 'engine' }]
  ])('reads the options of %j', (source, px) => {
    expect(parse(source)).toMatchObject([{ kind: 'code', px }]);
  });

  it.each([
    ['%%px --local\nx', ['            \nx']],
    ['// note\n%px a + 1\n%px b', ['       \n    a + 1\n     ', '       \n         \n    b']],
    ['%time f()', ['      f()']],
    ['%lsmagic\n%px a\nb', ['        \n    a\n ', '        \n     \nb']]
  ])('keeps every position of %j', (source, sources) => {
    const code = parse(source).flatMap(part => (part.kind === 'code' ? [part.source] : []));
    expect(code).toEqual(sources);
  });

  it.each([
    ['%%px --fast\nx', 'MAGIC_FLAG', /"--fast".*--targets.*--noblock.*--local/],
    ['%%px --targets\nx', 'MAGIC_FLAG', /--targets without a value/],
    ['%%px --group-outputs rank\nx', 'MAGIC_FLAG', /--group-outputs rank/],
    ['%%px --out 2x\nx', 'MAGIC_FLAG', /--out 2x/],
    ['%%xp\nx', 'MAGIC_UNKNOWN', /Did you mean %%?px/],
    ['%pxresults', 'MAGIC_UNKNOWN', /Did you mean %pxresult/],
    ['%pip install x', 'MAGIC_UNKNOWN', /npm install NAME/],
    ['%matplotlib inline', 'MAGIC_UNKNOWN', /Nothing to switch on/],
    ['%%bash\nls', 'MAGIC_UNKNOWN', /execSync/],
    ['%%timeit\nf()', 'MAGIC_UNKNOWN', /%%time/],
    ['!ls -l', 'MAGIC_UNKNOWN', /execSync/],
    ['!pip install numpy', 'MAGIC_UNKNOWN', /npm install NAME/]
  ])('refuses %j and says what to do', (source, code, message) => {
    expect(() => parse(source)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) })
    );
  });

  it.each(['10 % 3', '!done', '!ls.length && f()', 'x ? 1 : 2', '// only a comment', ''])(
    'leaves %j as it is',
    source => {
      expect(parse(source)).toMatchObject([{ kind: 'code', px: null }]);
    }
  );

  it.each([
    ['Math.floor?', { name: 'Math.floor', isDetailed: false }],
    ['?x', { name: 'x', isDetailed: false }],
    ['f??', { name: 'f', isDetailed: true }],
    ['%%px?', { name: '%%px', isDetailed: false }]
  ])('takes %j for a question', (source, part) => {
    expect(parse(source)).toEqual([{ kind: 'help', ...part }]);
  });

  it('runs plain cells on the engines after %autopx', () => {
    const auto = { isAuto: true, options: { ...pxDefaults, targets: '0' } };

    expect(parseCell('x', auto)).toMatchObject([{ px: { targets: '0' }, isAuto: true }]);
    expect(parseCell('%%px -t 1\nx', auto)).toMatchObject([
      { px: { targets: '1' }, isAuto: false }
    ]);
  });

  it('finds a magic below code, where it cannot stand', () => {
    expect(misplacedMagic('x\n%%px\ny')?.code).toBe('MAGIC_PLACE');
    expect(misplacedMagic('x\n  % y')).toBeNull();
  });
});

describe('ranks', () => {
  it.each([
    [null, [0, 1, 2, 3, 4]],
    ['all', [0, 1, 2, 3, 4]],
    ['3,0', [0, 3]],
    ['0,2:4', [0, 2, 3]],
    ['3:', [3, 4]],
    ['-1', [4]],
    ['::2', [0, 2, 4]],
    ['1:5:3', [1, 4]],
    ['-2:', [3, 4]],
    [':', [0, 1, 2, 3, 4]]
  ])('%s of five are %j', (targets, expected) => {
    expect(resolveTargets(targets, 5)).toEqual(expected);
  });

  it('are those that the graph does not go around, unless they are named', () => {
    expect(resolveTargets(null, 4, [1])).toEqual([0, 2, 3]);
    expect(resolveTargets('all', 4, [1])).toEqual([0, 2, 3]);
    expect(resolveTargets('1', 4, [1])).toEqual([1]);
  });

  it.each(['5', '2:9', 'a', '', '1,,2', '3:1', '-6', '::0', '1:2:3:4', 'even'])(
    '%j is refused with the ranks that exist',
    targets => {
      expect(() => resolveTargets(targets, 5)).toThrow(/ranks from 0 to 4.*received/);
    }
  );

  it.each([
    [[0, 1, 2, 3], '0–3'],
    [[5, 0, 1, 2], '0–2, 5'],
    [[1], '1']
  ])('%j are written %s', (ranks, expected) => {
    expect(formatRanks(ranks)).toBe(expected);
  });
});

describe('values', () => {
  it('that are equal stand once', () => {
    const { result } = summarizeValues({
      ranks: [0, 1, 2],
      results: [value('0.5'), value('0.5'), value('0.5')]
    });

    expect(result).toEqual({ 'text/plain': '[0–2] 0.5' });
  });

  it('that differ become a table, and text from a cell is escaped in it', () => {
    const { result } = summarizeValues({ ranks: [0, 2], results: [value('1'), value('<script>')] });

    expect(result?.['text/plain']).toBe('[0] 1\n[2] <script>');
    expect(result?.['text/html']).toContain('<th>2</th><td><pre>&lt;script&gt;</pre>');
  });

  it('that are rich are displayed below their ranks', () => {
    const picture: CellResult = {
      status: 'ok',
      data: { 'image/svg+xml': '<svg/>', 'text/plain': 'a picture' }
    };
    const { displays, result } = summarizeValues({ ranks: [0, 1], results: [picture, picture] });

    expect(result).toBeUndefined();
    expect(
      displays.map(display => display.type === 'display' && display.data['text/plain'])
    ).toEqual(['[0–1]', 'a picture']);
  });

  it('that are different pictures stand side by side, each below its rank', () => {
    const picture = (data: Record<string, string>): CellResult => ({ status: 'ok', data });
    const { result } = summarizeValues({
      ranks: [0, 1, 3],
      results: [
        picture({ 'text/html': '<b>a</b>', 'text/plain': 'a' }),
        picture({ 'image/svg+xml': '<svg/>' }),
        picture({ 'image/png': 'iVBORw==' })
      ]
    });

    expect(result?.['text/html']).toMatch(
      /\[0\].*<b>a<\/b>.*\[1\].*src="data:image\/svg\+xml;base64,PHN2Zy8\+".*\[3\].*png;base64,iVBORw==/
    );
  });

  it('of cells without a value show nothing', () => {
    expect(summarizeValues({ ranks: [0], results: [{ status: 'ok' }] })).toEqual({ displays: [] });
  });
});

describe('errors', () => {
  it('of one kind are told once, with their ranks', () => {
    const results = [value('1'), failure('too far'), failure('too far'), failure('too far')];
    const error = summarizeErrors({ ranks: [0, 1, 2, 5], results });

    expect(error?.traceback[0]).toBe('3 engines failed the same way (ranks 1, 2, 5):');
    expect(error?.traceback.filter(line => line.includes('too far'))).toHaveLength(1);
  });

  it('that only follow from the failure of a peer come last', () => {
    const results = [
      failure('rank 2 failed', 'PEER_FAILED'),
      failure('rank 2 failed', 'PEER_FAILED'),
      failure('cause')
    ];
    const error = summarizeErrors({ ranks: [0, 1, 2], results });

    expect(error?.traceback[0]).toBe('Engine 2 failed:');
    expect(error?.message).toMatch(/^Engine 2 failed: cause/);
  });

  it('are null if all succeeded', () => {
    expect(summarizeErrors({ ranks: [0], results: [value('1')] })).toBeNull();
  });
});

describe('printed text', () => {
  const print = (text: string): Output => ({ type: 'stream', name: 'stdout', text });
  const collect = (group: 'order' | 'engine') => {
    const texts: string[] = [];
    const outputs = new EngineOutputs(
      output => texts.push(output.type === 'stream' ? output.text : output.type),
      { group, displays: new SharedDisplays() }
    );
    return { texts, outputs };
  };

  it('is labelled line by line, however it was cut', () => {
    const { texts, outputs } = collect('order');
    outputs.add(1, print('a\nb'));
    outputs.add(0, print('x\n'));
    outputs.add(1, print('c\nrest'));
    outputs.finish();

    expect(texts).toEqual(['[1] a\n', '[0] x\n', '[1] bc\n', '[1] rest\n']);
  });

  it('is sorted by engine if asked', () => {
    const { texts, outputs } = collect('engine');
    outputs.add(1, print('late\n'));
    outputs.add(0, print('first\n'));
    outputs.add(1, print('later\n'));

    expect(texts).toEqual([]);
    outputs.finish();
    expect(texts).toEqual(['[0] first\n', '[1] late\n', '[1] later\n']);
  });
});

describe('displays', () => {
  /** What a front end shows: texts by display id, after all updates. */
  const draw = (displays = new SharedDisplays()) => {
    const shown = new Map<string, unknown>();
    const outputs = new EngineOutputs(
      output => {
        if (output.type === 'display') shown.set(output.displayId ?? '', output.data['text/plain']);
      },
      { group: 'order', displays }
    );
    const show = (rank: number, text: string, id: string, update = false) =>
      outputs.add(rank, { type: 'display', data: { 'text/plain': text }, displayId: id, update });
    return { show, texts: () => [...shown.values()] };
  };

  it('that are alike stand once, with the ranks that show them', () => {
    const { show, texts } = draw();
    for (const rank of [0, 2, 1]) show(rank, 'same', `id of ${rank}`);

    expect(texts()).toEqual(['[0–2]', 'same']);
  });

  it('that differ stand each below its rank, and the k-th is compared with the k-th', () => {
    const { show, texts } = draw();
    show(0, 'a', '0a');
    show(0, 'b', '0b');
    show(1, 'b', '1a');

    expect(texts()).toEqual(['[0]', 'a', '[0]', 'b', '[1]', 'b']);
  });

  it('of one rank change alone, though they began alike', () => {
    const { show, texts } = draw();
    for (const rank of [0, 1, 2]) show(rank, 'start', `id of ${rank}`);
    show(1, 'mine', 'id of 1', true);
    show(1, 'mine again', 'id of 1', true);

    expect(texts()).toEqual(['[0, 2]', 'start', '[1]', 'mine again']);
  });

  it('of ranks keep their ids apart, also from cell to cell', () => {
    const displays = new SharedDisplays();
    draw(displays).show(0, 'x', 'p');
    const later = draw(displays);
    later.show(0, 'zero', 'p', true);
    later.show(1, 'one', 'p', true);

    expect(later.texts()).toEqual(['zero', 'one']);
  });
});
