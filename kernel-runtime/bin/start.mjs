#!/usr/bin/env node
/** `npm start`: sets up what is missing, then opens JupyterLab. Plain JavaScript, runs before anything is installed. */
import { withNode } from './bootstrap/node-version.mjs';

withNode(() => import('./bootstrap/launch.mjs').then(({ launch }) => launch('start')));
