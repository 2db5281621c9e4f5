/** Tells JupyterLab that plots of the plotly MIME type are drawn here. */
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { PlotWidget } from './widget.js';

const plotlyRenderer: IRenderMime.IExtension = {
  id: 'jupyterlab-decentlab:plotly',
  description: 'Draws plotly figures in the colours of the theme.',
  dataType: 'json',
  rank: 0,
  rendererFactory: {
    safe: true,
    mimeTypes: ['application/vnd.plotly.v1+json'],
    createRenderer: options => new PlotWidget(options)
  }
};

export default plotlyRenderer;
