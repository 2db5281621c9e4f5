/** Draws one plotly output: fetches plotly when the first plot is shown, follows the theme and the width of the cell. */
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import type plotly from 'plotly.js-cartesian-dist-min';
import { figureOf, titleOf, type FigureData } from './figure.js';
import { themedClass, themeTemplate, watchTheme } from './theme.js';

const plotClass = 'jp-DecentLabPlot';

export class PlotWidget extends Widget implements IRenderMime.IRenderer {
  readonly #mimeType: string;
  readonly #trans: IRenderMime.TranslationBundle | null;
  readonly #plot = document.createElement('div');
  readonly #resizes = new ResizeObserver(() => this.#fit());
  readonly #endThemeWatch: () => void;
  #plotly: typeof plotly | null = null;
  #figure: FigureData | null = null;

  constructor(options: IRenderMime.IRendererOptions) {
    super();
    this.#mimeType = options.mimeType;
    this.#trans = options.translator?.load('jupyterlab-decentlab') ?? null;
    this.addClass(plotClass);
    this.addClass(themedClass);
    this.node.append(this.#plot);
    this.#resizes.observe(this.node);
    this.#endThemeWatch = watchTheme(() => void this.#draw());
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#figure = figureOf(model.data[this.#mimeType]);
    if (!this.#figure) return this.#refuse();
    this.#describe(this.#figure, model.data['text/plain']);
    this.#plotly = (await import('plotly.js-cartesian-dist-min')).default;
    await this.#draw();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#resizes.disconnect();
    this.#endThemeWatch();
    this.#plotly?.purge(this.#plot);
    super.dispose();
  }

  async #draw(): Promise<void> {
    if (this.isDisposed || !this.#plotly || !this.#figure) return;
    const { data, layout, config } = this.#figure;
    const themed = { autosize: true, ...layout, template: themeTemplate() };
    await this.#plotly.react(this.#plot, data, themed, { displaylogo: false, ...config });
    this.#fit();
  }

  /** Plotly cannot measure a hidden node; the observer calls again when it is shown. */
  #fit(): void {
    const isDrawn = this.#plot.classList.contains('js-plotly-plot');
    if (this.isDisposed || !isDrawn || this.node.offsetWidth === 0) return;
    void this.#plotly?.Plots.resize(this.#plot);
  }

  #describe(figure: FigureData, summary: unknown): void {
    const title = titleOf(figure);
    this.node.setAttribute('role', 'figure');
    this.node.setAttribute('aria-label', title === '' ? this.#say('Plot') : title);
    if (typeof summary === 'string') this.node.setAttribute('aria-description', summary);
  }

  #refuse(): void {
    this.node.textContent = this.#say(
      'This output says that it is a plot, but holds no list of traces.'
    );
  }

  #say(sentence: string): string {
    return this.#trans?.__(sentence) ?? sentence;
  }
}
