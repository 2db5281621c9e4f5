/** A curve that grows while one looks: uPlot in the colours of the theme. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { themeValue, watchTheme } from '../renderer/theme.js';

const legendHeight = 30;
const axisSize = { x: 28, y: 64 };
const dashes = [6, 4];
/** Pixels between the lines of the vertical axis. */
const leastApart = 34;
const wholePowers = [1, 2, 4, 5, 10, 20, 50, 100];
/** A curve at 0 stands on the axis, not at its top. */
const least = 1000;

/** One line: its name, the theme's variable that paints it, and whether it is dashed. */
export interface Line {
  name: string;
  variable: string;
  isDashed?: boolean;
}

export interface CurveOptions {
  title: string;
  /** What is along the horizontal axis. */
  xName: string;
  lines: readonly Line[];
  isLogarithmic: boolean;
  /** Ends of the horizontal axis; without them the data's. */
  xRange?: [number, number];
  format(value: number): string;
  trans: TranslationBundle;
}

/** A curve as data: x, and y for each line; null leaves a gap. On a logarithmic axis, y is what is shown, not its logarithm. */
export type CurveData = [x: number[], ...ys: (number | null)[][]];

export class Curve extends Widget {
  readonly #options: CurveOptions;
  readonly #frame = document.createElement('div');
  readonly #heading = document.createElement('h3');
  readonly #resizes = new ResizeObserver(() => this.#fit());
  readonly #endThemeWatch: () => void;
  #plot: uPlot | null = null;
  #lines: readonly Line[];
  #data: CurveData;

  constructor(options: CurveOptions) {
    super();
    this.#options = options;
    this.#lines = options.lines;
    this.#data = emptyData(options.lines);
    this.addClass('jp-DecentLabTimeline-curve');
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', options.title);
    this.#heading.textContent = options.title;
    this.#frame.className = 'jp-DecentLabTimeline-frame';
    this.node.append(this.#heading, this.#frame);
    // While one sheet replaces the other, nothing has a size.
    this.#endThemeWatch = watchTheme(() => requestAnimationFrame(() => this.#make()));
  }

  /** Shows the curve; `title` says its newest value too. */
  draw(data: CurveData, title: string, lines: readonly Line[] = this.#lines): void {
    if (this.#heading.textContent !== title) this.#heading.textContent = title;
    this.#data = this.#options.isLogarithmic ? inPowers(data) : data;
    const isOther = lines.map(({ name }) => name).join() !== this.#lines.map(({ name }) => name).join(); // prettier-ignore
    this.#lines = lines;
    if (isOther || !this.#plot) this.#make();
    else this.#plot.setData(this.#data);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#resizes.disconnect();
    this.#endThemeWatch();
    this.#plot?.destroy();
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#resizes.observe(this.#frame);
  }

  #size(): { width: number; height: number } {
    const { clientWidth, clientHeight } = this.#frame;
    return { width: clientWidth, height: Math.max(80, clientHeight - legendHeight) };
  }

  #fit(): void {
    if (this.#plot) this.#plot.setSize(this.#size());
    else this.#make();
  }

  /** Colours are read when the picture is made. */
  #make(): void {
    if (this.#frame.clientWidth === 0 || this.isDisposed) return;
    this.#plot?.destroy();
    const { xName, xRange, isLogarithmic } = this.#options;
    const format = (value: number | null): string =>
      value === null ? '' : this.#options.format(isLogarithmic ? 10 ** value : value);
    const options: uPlot.Options = {
      ...this.#size(),
      scales: {
        x: { time: false, ...(xRange ? { range: xRange } : {}) },
        y: isLogarithmic ? {} : { range: fromZero }
      },
      axes: axesOf(isLogarithmic, format),
      cursor: { drag: { x: false, y: false } },
      series: [{ label: xName, value: (_, x) => shortX(x) }, ...seriesOf(this.#lines, format)]
    };
    this.#plot = new uPlot(options, this.#data, this.#frame);
  }
}

type Format = (value: number | null) => string;

function axesOf(isLogarithmic: boolean, format: Format): uPlot.Axis[] {
  const axis: uPlot.Axis = {
    stroke: themeValue('--jp-ui-font-color1'),
    font: `11px ${themeValue('--jp-ui-font-family')}`,
    grid: { stroke: themeValue('--jp-border-color3'), width: 1 },
    ticks: { show: false }
  };
  const values: uPlot.Axis['values'] = (_, splits) => splits.map(format);
  return [
    { ...axis, size: axisSize.x },
    {
      ...{ ...axis, size: axisSize.y, space: leastApart, values },
      ...(isLogarithmic ? { incrs: wholePowers } : {})
    }
  ];
}

function seriesOf(lines: readonly Line[], format: Format): uPlot.Series[] {
  return lines.map(({ name, variable, isDashed }) => ({
    label: name,
    stroke: themeValue(variable),
    width: 2,
    ...(isDashed ? { dash: dashes } : {}),
    points: { show: false },
    value: (_: uPlot, value: number | null) => format(value)
  }));
}

function shortX(x: number | null): string {
  return x === null ? '' : String(Number(x.toFixed(1)));
}

function emptyData(lines: readonly Line[]): CurveData {
  return [[], ...lines.map(() => [])];
}

/**
 * Powers of ten on a linear axis: uPlot's own logarithmic axis has a line for each digit of each power. What has no logarithm leaves a gap.
 */
function inPowers([x, ...ys]: CurveData): CurveData {
  const power = (y: number | null): number | null => (y !== null && y > 0 ? Math.log10(y) : null);
  return [x, ...ys.map(line => line.map(power))];
}

function fromZero(_: uPlot, __: number, most: number): [number, number] {
  return [0, Math.max(least, most * 1.1)];
}
