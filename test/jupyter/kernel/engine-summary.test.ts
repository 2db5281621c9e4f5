/** The words of a `%%px` cell: its options, its ranks, and how the answers of many engines become one. */
import { describe, expect, it } from 'vitest';
import type { CellResult, Output } from '../../../kernel-runtime/src/cluster/protocol/cell.js';
import { EngineOutputs } from '../../../kernel-runtime/src/jupyter/kernel/engine-outputs.js';
import {
  summarizeErrors,
  summarizeValues
} from '../../../kernel-runtime/src/jupyter/kernel/engine-results.js';
import { parseCell } from '../../../kernel-runtime/src/jupyter/kernel/magics.js';
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

describe('%%px', () => {
  it.each([
    ['%%px\nx', { targets: null, block: true, local: false, groupOutputs: 'order' }],
    ['%%px --targets 0,2:4 --noblock\nx', { targets: '0,2:4', block: false }],
    [
      '%%px --targets=1 --local --group-outputs engine\nx',
      { targets: '1', local: true, groupOutputs: 'engine' }
    ]
  ])('reads `%s`', (source, options) => {
    expect(parseCell(source)).toMatchObject({ where: 'engines', options });
  });

  it('keeps every position of the cell', () => {
    expect(parseCell('%%px --local\nx')).toMatchObject({ source: '            \nx' });
  });

  it.each([
    ['%%px --fast\nx', 'MAGIC_FLAG', /"--fast".*--targets.*--noblock.*--local/],
    ['%%px --targets\nx', 'MAGIC_FLAG', /--targets without a value/],
    ['%%px --group-outputs rank\nx', 'MAGIC_FLAG', /--group-outputs rank/],
    ['%%time\nx', 'MAGIC_UNKNOWN', /%%time/]
  ])('refuses `%s` and names what there is', (source, code, message) => {
    expect(() => parseCell(source)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) })
    );
  });

  it('leaves other cells as they are', () => {
    expect(parseCell('10 % 3')).toEqual({ where: 'client', source: '10 % 3' });
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
    [':', [0, 1, 2, 3, 4]]
  ])('%s of five are %j', (targets, expected) => {
    expect(resolveTargets(targets, 5)).toEqual(expected);
  });

  it.each(['5', '2:9', 'a', '', '1,,2', '3:1'])(
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
      group
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

  it('of a display keeps the display ids of ranks apart', () => {
    const seen: Output[] = [];
    const outputs = new EngineOutputs(output => seen.push(output), 'order');
    outputs.add(0, { type: 'display', data: {}, displayId: 'p', update: true });
    outputs.add(1, { type: 'display', data: {}, displayId: 'p', update: true });

    expect(new Set(seen.map(output => output.type === 'display' && output.displayId)).size).toBe(2);
  });
});
