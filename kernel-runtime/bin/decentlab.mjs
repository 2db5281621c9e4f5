#!/usr/bin/env node
/** The command `decentlab`; its subcommands are in src/shell/commands. */
import { withNode } from './bootstrap/node-version.mjs';

withNode(() =>
  import('../dist/programs/decentlab.js').then(({ main }) => main(process.argv.slice(2)))
);
