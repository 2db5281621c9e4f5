/** The plugins of the extension; each can be switched off by itself. The plot renderer is registered in renderer/. */
import { clustersPlugin } from './clusters/plugin.js';
import { coursePlugin } from './course/plugin.js';
import { graphPlugin } from './graph/plugin.js';
import { notebookPlugin } from './notebook/plugin.js';
import { sharedPlotsPlugin } from './renderer/shared-plots.js';
import { viewsPlugin } from './views/plugin.js';

export default [
  clustersPlugin,
  viewsPlugin,
  graphPlugin,
  notebookPlugin,
  coursePlugin,
  sharedPlotsPlugin
];
