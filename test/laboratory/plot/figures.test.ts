/** Figures as data: what is drawn, what is left out, and that the same input gives the same bytes. */
import { describe, expect, it } from 'vitest';
import { Matrix } from '../../../kernel-runtime/src/mathematics/math/matrix.js';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { starGraph } from '../../../kernel-runtime/src/mathematics/graph/grids.js';
import { fitPowerLaw } from '../../../kernel-runtime/src/laboratory/plot/fit.js';
import * as plot from '../../../kernel-runtime/src/laboratory/plot/plot.js';
import type { ScatterTrace } from '../../../kernel-runtime/src/laboratory/plot/traces.js';

const decay = (rate: number, length: number): number[] =>
  Array.from({ length }, (_, k) => rate ** k);

const scatters = ({ data }: plot.Figure): ScatterTrace[] =>
  data.filter((trace): trace is ScatterTrace => trace.type === 'scatter');

const bundleOf = (figure: plot.Figure): Record<string, unknown> => {
  const display: unknown = Reflect.get(figure, Symbol.for('Jupyter.display'));
  if (typeof display !== 'function') throw new Error('the figure has no display method');
  return Reflect.apply(display, figure, []) as Record<string, unknown>;
};

describe('convergence', () => {
  const eightRanks = Array.from({ length: 8 }, (_, rank) => decay(0.5 + rank / 100, 20));

  it('draws every rank faint, the mean bold, theory dashed, with one legend entry each', () => {
    const figure = plot.convergence({
      series: [{ name: 'ring', values: eightRanks }],
      theory: [{ name: 'λ₂ᵏ', values: decay(0.6, 20) }]
    });
    const traces = scatters(figure);
    expect(traces).toHaveLength(8 + 1 + 1);
    expect(traces.filter(({ opacity }) => opacity !== undefined)).toHaveLength(8);
    expect(traces.filter(({ showlegend }) => showlegend).map(({ name }) => name)).toEqual([
      'ring',
      'λ₂ᵏ'
    ]);
    expect(traces.at(-1)?.line).toMatchObject({ dash: 'dash', color: traces[0].line?.color });
    const mean = eightRanks.reduce((sum, values) => sum + values[3] / 8, 0);
    expect(traces[8].y[3]).toBeCloseTo(mean, 6);
  });

  it.each([
    ['zero', 0, true, null],
    ['a negative value', -1, true, null],
    ['NaN', NaN, true, null],
    ['infinity', Infinity, true, null],
    ['NaN on a linear axis', NaN, false, null],
    ['zero on a linear axis', 0, false, 0],
    ['a negative value on a linear axis', -1, false, -1],
    ['more than six digits', 1 / 3, true, 0.333333]
  ])('%s becomes what the axis can show', (_, value, logY, expected) => {
    const figure = plot.convergence({ series: [{ name: 'e', values: [1, value, 1] }], logY });
    expect(scatters(figure)[0].y).toEqual([1, expected, 1]);
  });

  it.each([
    [500, 500],
    [501, 500],
    [10_000, 500]
  ])('of %i points at most %i are kept, the last among them', (length, kept) => {
    const values = Array.from({ length }, (_, k) => k + 1);
    const [{ x, y }] = scatters(plot.convergence({ series: [{ name: 'e', values }] }));
    expect(y).toHaveLength(kept);
    expect([x[0], x.at(-1), y.at(-1)]).toEqual([0, length - 1, length]);
    expect(new Set(x).size).toBe(kept);
  });

  it('stays small for a thousand ranks, and says the mean of all of them', () => {
    const values = Array.from({ length: 1000 }, () => new Float64Array(1000).fill(1 / 3));
    const figure = plot.convergence({ series: [{ name: 'e', values }] });
    expect(JSON.stringify(figure.data).length).toBeLessThan(200_000);
    expect(figure.summary).toBe('Convergence: last error: e 0.333, mean of 1000 ranks');
  });

  it.each([
    ['ranks of different lengths', { series: [{ name: 'e', values: [[1, 2], [1]] }] }, 'rank 1'],
    ['too few positions', { series: [{ name: 'e', values: [1, 2] }], x: [0] }, '2 positions']
  ])('%s are refused with a name', (_, options, named) => {
    expect(() => plot.convergence(options)).toThrow(named);
  });
});

describe('lines', () => {
  it.each([
    [2, 3],
    [-0.5, 0.1],
    [0, 7]
  ])('a power law of exponent %d and factor %d is found again', (exponent, factor) => {
    const x = [1, 2, 4, 8, 0, 16];
    const y = x.map(value => factor * value ** exponent);
    const law = fitPowerLaw(x, y);
    expect(law.exponent).toBeCloseTo(exponent, 12);
    expect(law.factor).toBeCloseTo(factor, 12);
  });

  it('a fitted line is dashed and says its slope in the legend and in the sentence', () => {
    const x = [1, 10, 100];
    const series = [{ name: 'bias', x, y: x.map(value => value ** 2), fit: true }];
    const figure = plot.lines({ series, title: 'Bias', logX: true, logY: true });
    expect(scatters(figure)[1]).toMatchObject({ name: 'bias: slope 2', line: { dash: 'dash' } });
    expect(figure.summary).toBe('Bias: bias 10000 at 100 (slope 2)');
  });

  it('lists of different lengths are refused', () => {
    expect(() => plot.lines({ series: [{ name: 'a', x: [1, 2], y: [1] }] })).toThrow('series "a"');
  });
});

describe('trajectory', () => {
  const paths = [
    {
      name: 'DGD',
      points: [
        [3, 1],
        [1, 0.5]
      ]
    }
  ];

  it('every level set is a set of equal values, and the outermost meets the start of the path', () => {
    const [a, b, d] = [1, 0.4, 8];
    const hessian = [
      [a, b],
      [b, d]
    ];
    const center = [0.5, -0.25];
    const figure = plot.trajectory({ paths, hessian, center, levels: 4 });
    const value = (x: number, y: number): number => {
      const [u, v] = [x - center[0], y - center[1]];
      return (a * u * u + 2 * b * u * v + d * v * v) / 2;
    };
    const ellipses = scatters(figure).filter(({ name }) => name.startsWith('f ='));
    const spreads = ellipses.map(({ x, y }) => {
      const heights = x.map((u, k) => value(Number(u), Number(y[k])));
      return { low: Math.min(...heights), high: Math.max(...heights) };
    });
    for (const { low, high } of spreads) expect(high / low).toBeCloseTo(1, 3);
    expect(spreads.at(-1)?.high).toBeCloseTo(value(3, 1), 3);
  });

  it.each([
    ['indefinite', [[1, 2], [2, 1]]], // prettier-ignore
    ['not 2 x 2', [[1]]]
  ])('a matrix that is %s is refused', (_, hessian) => {
    expect(() => plot.trajectory({ paths, hessian })).toThrow('positive definite');
  });
});

describe('graph and matrix', () => {
  it.each([
    ['a symmetric ring', ringGraph(6), 0, 12],
    ['a one-way ring', ringGraph(6, { connectStyle: 1 }), 6, 6]
  ])('%s shows its direction only where it has one', (_, topology, arrows, edges) => {
    const figure = plot.graph(topology);
    const heads = scatters(figure).find(({ name }) => name === 'direction');
    expect(heads?.x.length ?? 0).toBe(arrows);
    expect(figure.summary).toContain(`${edges} directed edges`);
  });

  it('an arrow points to the receiver', () => {
    const W = Matrix.from([
      [1, 0.5],
      [0, 0.5]
    ]);
    const heads = scatters(plot.graph({ name: 'pair', size: 2, W })).find(
      ({ name }) => name === 'direction'
    );
    expect(heads?.text).toEqual(['1 → 0, weight 0.5']);
    expect(heads?.marker?.angle).toEqual([0]);
    expect(heads?.y[0]).toBeGreaterThan(0);
  });

  it('a matrix says the sums of its rows and columns', () => {
    const W = Matrix.from([
      [0.5, 0.5],
      [0.25, 0.25]
    ]);
    const figure = plot.matrix(W);
    expect(scatters(figure)[0].text).toEqual(['Σ 1', 'Σ 0.5', 'Σ 0.75', 'Σ 0.75']);
    expect(figure.summary).toBe('W: 2 x 2, row sums 0.5 to 1, column sums 0.75');
  });
});

describe('every figure', () => {
  const figures: [string, () => plot.Figure][] = [
    ['convergence', () => plot.convergence({ series: [{ name: 'a<b', values: [1, 0.1, 0] }] })],
    ['lines', () => plot.lines({ series: [{ name: 'a', x: [1, 2], y: [3, 4], fit: true }] })],
    ['trajectory', () => plot.trajectory({ paths: [], hessian: Matrix.from([[1, 0], [0, 9]]) })], // prettier-ignore
    ['graph', () => plot.graph(starGraph(5))],
    ['matrix', () => plot.matrix(ringGraph(5).W)],
    ['an empty convergence', () => plot.convergence({ series: [] })]
  ];

  it.each(figures)('%s is JSON, a sentence and the same picture each time', (_, draw) => {
    const bundle = bundleOf(draw());
    expect(Object.keys(bundle)).toEqual([
      'application/vnd.plotly.v1+json',
      'image/svg+xml',
      'text/plain'
    ]);
    expect(JSON.parse(JSON.stringify(bundle))).toMatchObject({ 'text/plain': expect.any(String) });
    expect(String(bundle['text/plain'])).not.toContain('\n');
    const svg = String(bundle['image/svg+xml']);
    expect(svg).toMatch(/^<svg .*<\/svg>$/s);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|a<b/);
    expect(bundleOf(draw())['image/svg+xml']).toBe(svg);
  });
});
