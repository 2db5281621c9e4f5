#!/usr/bin/env node
/** `npm run setup:torch`: installs PyTorch and builds the addon for it. Plain JavaScript, runs before anything is installed. */
import { withNode } from './bootstrap/node-version.mjs';

withNode(() => import('./bootstrap/launch.mjs').then(({ launch }) => launch('setup-torch')));
