/** What the graph view works out from what engines tell, and where it puts nodes, labels and what is looked at closer. */
import { describe, expect, it } from 'vitest';
import type { EngineStats } from '../../extension/src/clusters/state.js';
import { isCovering, labelPlaces, type LabelPlace } from '../../extension/src/graph/labels.js';
import { layoutOf } from '../../extension/src/graph/layout.js';
import {
  arrivalsOf,
  edgesOf,
  flowsBetween,
  fractionsOf,
  matrixOf,
  shortBytes,
  shortNumber,
  widthsOf
} from '../../extension/src/graph/scene.js';
import { moved, seen, showing, whole, zoomed } from '../../extension/src/graph/viewport.js';

const engine = (rank: number, sources: number[], receivedBytes = 0): EngineStats => ({
  ...{ rank, sources, weights: sources.map(() => 0.25), selfWeight: 0.5, topology: 'ring' },
  peers: sources.map(from => ({ rank: from, sentBytes: 0, receivedBytes, receivedMessages: 0 })),
  ...{ at: 0, memory: 1e8, cpu: 0, variables: [], rounds: 0, device: 'cpu', picked: {} }
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
    ['is thick as its weight is', [0.5, -0.25, 0], [5, 2.875, 0.75]],
    ['is thin where all weights are none', [0, 0], [0.75, 0.75]],
    ['is thinner among four hundred', Array(400).fill(1), Array(400).fill(2.5)]
  ])('a link %s', (_, weights: number[], widths) => {
    expect(widthsOf(weights.map((weight, from) => ({ from, to: from + 1, weight })))).toEqual(
      widths
    );
  });

  it.each([
    [0, '0', '0 B'],
    [12.3456, '12.3', '12.3 B'],
    [0.00012, '1.2e-4', '0.00012 B'],
    [123456, '1.2e+5', '123 KB'],
    [2.5e9, '2.5e+9', '2.5 GB'],
    [NaN, 'NaN', 'NaN']
  ])('writes %s short', (value, number, bytes) => {
    expect(shortNumber(value)).toBe(number);
    expect(shortBytes(value)).toBe(bytes);
  });
});

const exponential = (n: number) =>
  Array.from({ length: n }, (_, to) =>
    Array.from({ length: Math.floor(Math.log2(n - 1)) + 1 }, (_, k) => ({
      from: (to + 2 ** k) % n,
      to,
      weight: 1
    }))
  ).flat();

describe('the layout', () => {
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
});

describe('labels', () => {
  const label = { width: 21, height: 14 };
  const field = { width: 800, height: 600 };
  const nodeSize = 17;
  const box = ({ x, y }: { x: number; y: number }) => ({
    ...{ left: x - nodeSize / 2, top: y - nodeSize / 2 },
    ...{ width: nodeSize, height: nodeSize }
  });

  it.each([1, 3])('of 256 nodes cover no label and no node, looked at %s times closer', scale => {
    const points = layoutOf(256, exponential(256)).map(({ x, y }) => ({
      ...{ x: 34 + x * 532, y: 34 + y * 532 }
    }));
    const view = zoomed(whole, scale, { x: 400, y: 300 }, field);
    const nodes = points.map(point => seen(view, point));
    const places = labelPlaces({ nodes, nodeSize, label, field });
    const shown = places.filter((place): place is LabelPlace => place !== null);
    const isFree = (place: LabelPlace): boolean =>
      !shown.some(other => other !== place && isCovering(place, other)) &&
      !nodes.some(node => isCovering(place, box(node)));
    expect(shown.filter(place => !isFree(place))).toEqual([]);
    const inSight = nodes.filter(
      ({ x, y }) => x > 40 && y > 40 && x < field.width - 40 && y < field.height - 40
    );
    expect(shown.length).toBeGreaterThan(inSight.length * (scale > 1 ? 0.95 : 0.25));
    expect(shown.length).toBeLessThan(256);
  });

  it.each([
    ['below', { x: 50, y: 50 }, []],
    ['above', { x: 50, y: 95 }, []],
    ['above', { x: 50, y: 50 }, [{ x: 50, y: 67 }]],
    [
      'right',
      { x: 50, y: 50 },
      [
        { x: 50, y: 67 },
        { x: 50, y: 33 }
      ]
    ],
    [
      undefined,
      { x: 50, y: 50 },
      [
        { x: 50, y: 67 },
        { x: 50, y: 33 },
        { x: 67, y: 50 },
        { x: 33, y: 50 }
      ]
    ]
  ])('stand %s', (side, node, others) => {
    // prettier-ignore
    const nodes = [node, ...others];
    const [place] = labelPlaces({ nodes, nodeSize, label, field: { width: 100, height: 100 } });
    expect(place?.side).toBe(side);
  });
});

describe('a closer look', () => {
  const field = { width: 400, height: 200 };

  it('keeps what is under the pointer where it is, and ends at the whole', () => {
    const at = { x: 300, y: 50 };
    const closer = zoomed(whole, 2, at, field);
    expect(seen(closer, at)).toEqual(at);
    expect(zoomed(closer, 0.1, { x: 0, y: 0 }, field)).toEqual(whole);
    expect(zoomed(whole, 100, at, field).scale).toBe(8);
  });

  it('never shows what is beside the picture', () => {
    const closer = zoomed(whole, 2, { x: 0, y: 0 }, field);
    expect(moved(closer, 50, 50, field)).toEqual(closer);
    expect(moved(closer, -1000, -1000, field)).toEqual({ scale: 2, x: -400, y: -200 });
  });

  it('moves as far as a node needs that was chosen by keys', () => {
    const closer = zoomed(whole, 4, { x: 0, y: 0 }, field);
    const far = { x: 390, y: 190 };
    const { x, y } = seen(showing(closer, far, 10, field), far);
    expect(Math.min(x, y, field.width - x, field.height - y)).toBeGreaterThanOrEqual(10);
    expect(showing(closer, { x: 20, y: 20 }, 10, field)).toEqual(closer);
  });
});
