/** A controller like the package's own, whose engines are started on hosts: told on standard input how. */
import { readFileSync } from 'node:fs';

import { Controller } from '../../../kernel-runtime/dist/cluster/controller/controller.js';
import { localLauncher } from '../../../kernel-runtime/dist/cluster/launch/local.js';

const { config, commands, addresses } = JSON.parse(readFileSync(0, 'utf8'));
const local = localLauncher(rank => commands[rank]);
const launcher = {
  start: options =>
    local.start({ ...options, config: { ...options.config, host: addresses[options.config.rank] } })
};
const controller = new Controller(config, () => setTimeout(() => process.exit(), 100), launcher);
process.on('SIGTERM', () => void controller.stop('it was ended'));
await controller.start(() => undefined);
process.stdout.write('ready\n');
