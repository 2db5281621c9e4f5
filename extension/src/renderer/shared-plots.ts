/** Where plotly's own extension draws the same outputs, each draws those that it was made for: neither takes the other's. */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { PanelLayout, Widget } from '@lumino/widgets';
import { isOwnFactory, isOwnFigure, ownTypes, plotlyType } from './figure.js';

export const sharedPlotsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-decentlab:shared-plots',
  description: 'Leaves the figures of others to the renderer of others, if there is one.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  activate: (app, rendermime: IRenderMimeRegistry) => {
    share(rendermime);
    // Notebook 7 registers renderers beside plugins: theirs may come later.
    void app.started.then(() => share(rendermime));
  }
};

/** Only the last to come is asked for a type of output. */
function share(rendermime: IRenderMimeRegistry): void {
  const theirs = rendermime.getFactory(plotlyType);
  if (!theirs || isOwnFactory(theirs)) return;
  rendermime.addFactory({
    safe: true,
    mimeTypes: ownTypes,
    defaultRank: 0,
    createRenderer: options => new EitherPlot(options, theirs)
  });
}

/** Ours or theirs, as the figure says. */
class EitherPlot extends Widget implements IRenderMime.IRenderer {
  readonly #options: IRenderMime.IRendererOptions;
  readonly #theirs: IRenderMime.IRendererFactory;
  #shown: { renderer: IRenderMime.IRenderer; isOwn: boolean } | null = null;

  constructor(options: IRenderMime.IRendererOptions, theirs: IRenderMime.IRendererFactory) {
    super();
    this.#options = options;
    this.#theirs = theirs;
    this.layout = new PanelLayout();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const isOwn = isOwnFigure(model.data[plotlyType]);
    // A page has it loaded already, as a renderer by itself.
    const { default: ours } = await import('./index.js');
    if (this.#shown?.isOwn !== isOwn) {
      this.#shown?.renderer.dispose();
      const factory = isOwn ? ours[0].rendererFactory : this.#theirs;
      const renderer = factory.createRenderer(this.#options);
      this.#shown = { renderer, isOwn };
      (this.layout as PanelLayout).addWidget(renderer);
    }
    await this.#shown.renderer.renderModel(model);
  }
}
