/** What the renderer takes over from a notebook, and what it leaves behind. */
import { describe, expect, it } from 'vitest';
import { figureOf, isOwnFigure, titleOf } from '../../extension/src/renderer/figure.js';

const trace = { type: 'scatter', y: [1, 2] };

describe('a figure from a notebook', () => {
  it.each([
    ['nothing', undefined],
    ['text', 'a plot'],
    ['a list', [trace]],
    ['no traces', { layout: {} }],
    ['traces that are no list', { data: { 0: trace } }]
  ])('%s is no figure', (_, value) => {
    expect(figureOf(value)).toBeNull();
  });

  it.each([
    ['images', { images: [{ source: 'https://example.org/seen.png' }] }],
    ['a template', { template: { layout: { images: [{}] } } }]
  ])('%s in the layout stay out', (_, layout) => {
    expect(figureOf({ data: [trace], layout: { ...layout, height: 300 } })?.layout).toEqual({
      height: 300
    });
  });

  it.each([
    ['one of ours', { data: [trace], layout: { title: 'x' } }, true],
    ['one of ours without a layout', { data: [trace] }, true],
    ['one that plotly for Python wrote', { data: [trace], layout: { template: {} } }, false],
    ['none', 'a plot', false]
  ])('%s is left to another renderer where there is one, unless it is ours', (_, value, isOwn) => {
    expect(isOwnFigure(value)).toBe(isOwn);
  });

  it('keeps the harmless settings only', () => {
    const config = { scrollZoom: true, editable: true, plotlyServerURL: 'https://example.org' };
    expect(figureOf({ data: [trace], config })?.config).toEqual({ scrollZoom: true });
  });

  it('is a copy, so that drawing never changes the notebook', () => {
    const value = { data: [trace], layout: { xaxis: { type: 'log' } } };
    const figure = figureOf(value);
    expect(figure?.data).toEqual(value.data);
    expect(figure?.data[0]).not.toBe(trace);
    expect(figure?.layout['xaxis']).not.toBe(value.layout.xaxis);
  });

  it.each([
    ['a text', 'Bias', 'Bias'],
    ['a record', { text: 'Bias' }, 'Bias'],
    ['a number', 3, ''],
    ['missing', undefined, '']
  ])('has the title that is %s', (_, title, expected) => {
    const figure = figureOf({ data: [], layout: { title } });
    expect(figure && titleOf(figure)).toBe(expected);
  });
});
