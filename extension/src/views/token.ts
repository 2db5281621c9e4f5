/** How views are drawn, as other plugins see it. */
import { Token } from '@lumino/coreutils';
import type { ViewSettings } from './view-settings.js';

export const IViewSettings = new Token<ViewSettings>(
  'jupyterlab-decentlab:IViewSettings',
  'How often the views of clusters are drawn, and in whose colours.'
);
