/** The clusters as other plugins see them. */
import { Token } from '@lumino/coreutils';
import type { ClustersModel } from './model.js';

export const IClusters = new Token<ClustersModel>(
  'jupyterlab-decentlab:IClusters',
  'The clusters of this user, and what their engines tell.'
);
