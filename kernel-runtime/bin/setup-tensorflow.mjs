#!/usr/bin/env node
/** `npm run setup:tensorflow`: the usual set-up, then the backend `tensorflow`. Plain JavaScript, runs before anything is installed. */
import { withNode } from './bootstrap/node-version.mjs';

withNode(() => import('./bootstrap/launch.mjs').then(({ launch }) => launch('setup-tensorflow')));
