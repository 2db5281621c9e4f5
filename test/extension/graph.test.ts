/** What the graph view works out from what engines tell, and where it puts nodes and labels. */
import { describe, expect, it } from 'vitest';
import type { EngineStats } from '../../extension/src/clusters/state.js';
import { freeLabels, layoutOf } from '../../extension/src/graph/layout.js';
import {
  arrivalsOf,
  edgesOf,
  flowsBetween,
  fractionsOf,
  matrixOf,
  shortBytes,
  shortNumber
} from '../../extension/src/graph/scene.js';

const engine = (rank: number, sources: number[], receivedBytes = 0): EngineStats => ({
  ...{ rank, sources, weights: sources.map(() => 0.25), selfWeight: 0.5, topology: 'ring' },
  peers: sources.map(from => ({ rank: from, sentBytes: 0, receivedBytes })),
  ...{ memory: 1e8, cpu: 0, variables: [], rounds: 0, device: 'cpu', picked: {} }
});

describe('the scene', () => {
  const engines = [engine(0, [1, 2], 8), engine(2, [0], 0)];

  it('has an edge from each source, and W row by row with a gap for a rank that is silent', () => {
    expect(edgesOf(engines)).toEqual([
      { from: 1, to: 0, weight: 0.25 },
      { from: 2, to: 0, weight: 0.25 },
      { from: 0, to: 2, weight: 0.25 }
    ]);
    expect(matrixOf(engines, 3)).toEqual([[0.5, 0.25, 0.25], null, [0.25, 0, 0.5]]);
  });

  it('sees a flow only where more bytes have come than before', () => {
    const before = arrivalsOf(engines);
    const after = arrivalsOf([engine(0, [1, 2], 24), engine(2, [0], 0), engine(1, [0], 99)]);
    expect([...flowsBetween(before, after)]).toEqual([
      ['1-0', 16],
      ['2-0', 16]
    ]);
    expect(flowsBetween(after, before).size).toBe(0);
  });

  it.each([
    ['between the smallest and the largest', [1, 3, 2], [0, 1, 0.5]],
    ['when all are the same', [2, 2], [0, 0]],
    ['without NaN and what is missing', [1, NaN, undefined, 2], [0, undefined, undefined, 1]],
    ['of nothing', [], []]
  ])('places values %s', (_, values, expected) => {
    expect(fractionsOf(values)).toEqual(expected);
  });

  it.each([
    [0, '0', '0 B'],
    [12.3456, '12.3', '12.3 B'],
    [0.00012, '1.2e-4', '0.00012 B'],
    [123456, '1.2e+5', '123 KB'],
    [2.5e9, '2.5e+9', '2.5 GB'],
    [NaN, 'NaN', null]
  ])('writes %s short', (value, number, bytes) => {
    expect(shortNumber(value)).toBe(number);
    if (bytes !== null) expect(shortBytes(value)).toBe(bytes);
  });
});

describe('the layout', () => {
  const exponential = (n: number) =>
    Array.from({ length: n }, (_, to) =>
      Array.from({ length: Math.floor(Math.log2(n - 1)) + 1 }, (_, k) => ({
        from: (to + 2 ** k) % n,
        to,
        weight: 1
      }))
    ).flat();

  it.each([1, 2, 3, 64, 256])('puts %s nodes into the unit square, no two at one place', n => {
    const points = layoutOf(n, n === 1 ? [] : exponential(n));
    expect(points).toHaveLength(n);
    for (const { x, y } of points)
      expect(Math.min(x, y, 1 - x, 1 - y)).toBeGreaterThanOrEqual(-1e-12);
    expect(new Set(points.map(({ x, y }) => `${x.toFixed(4)} ${y.toFixed(4)}`)).size).toBe(n);
  });

  it('is the same for the same graph', () => {
    expect(layoutOf(8, exponential(8))).toEqual(layoutOf(8, exponential(8)));
  });

  it('shows no label of 256 that would cover another one', () => {
    const [width, height, scale] = [24, 14, 260];
    const boxes = layoutOf(256, exponential(256)).map(({ x, y }) => ({
      ...{ x: x * scale, y: y * scale },
      ...{ width, height }
    }));
    const shown = boxes.filter((_, k) => freeLabels(boxes)[k]);
    const overlaps = shown.flatMap((a, i) =>
      shown.slice(i + 1).filter(b => Math.abs(a.x - b.x) < width && Math.abs(a.y - b.y) < height)
    );
    expect(overlaps).toEqual([]);
    expect(shown.length).toBeGreaterThan(40);
    expect(shown.length).toBeLessThan(256);
  });
});
