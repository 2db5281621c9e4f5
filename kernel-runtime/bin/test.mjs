#!/usr/bin/env node
/** `npm test`: sets up what is missing, then runs every check. Plain JavaScript, runs before anything is installed. */
import { withNode } from './bootstrap/node-version.mjs';

withNode(() => import('./bootstrap/launch.mjs').then(({ launch }) => launch('test')));
