/** Tells JupyterLab which outputs are drawn here: plotly's plots, and animations of our own. */
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { AnimationWidget } from './animation.js';
import { ownTypes } from './figure.js';
import { PlotWidget } from './widget.js';

const plotlyRenderer: IRenderMime.IExtension = {
  id: 'jupyterlab-decentlab:plotly',
  description: 'Draws plotly figures in the colours of the theme.',
  dataType: 'json',
  rank: 0,
  rendererFactory: {
    safe: true,
    mimeTypes: ownTypes,
    createRenderer: options => new PlotWidget(options)
  }
};

const animationRenderer: IRenderMime.IExtension = {
  id: 'jupyterlab-decentlab:animation',
  description: 'Shows a graph iteration by iteration, with a slider that needs no kernel.',
  dataType: 'json',
  rank: 0,
  rendererFactory: {
    safe: true,
    mimeTypes: ['application/vnd.decentlab.animation+json'],
    createRenderer: options => new AnimationWidget(options)
  }
};

export default [plotlyRenderer, animationRenderer] as const;
