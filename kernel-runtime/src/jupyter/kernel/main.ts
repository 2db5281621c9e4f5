/** The kernel's process: `node main.js CONNECTION_FILE`, started by Jupyter in the notebook's folder. */
import { readConnection } from './connection.js';
import { Kernel } from './kernel.js';
import { watchParent } from './parent-watch.js';
import { Sockets } from './sockets.js';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('The kernel is started by Jupyter: node main.js CONNECTION_FILE');
  process.exit(2);
}

// From the kernelspec, which makes glibc hold less memory: cells and engines, which compute, take what suits them.
for (const name of ['MALLOC_ARENA_MAX', 'MALLOC_TRIM_THRESHOLD_']) delete process.env[name];

const connection = readConnection(file);
const sockets = new Sockets(connection);
const kernel = new Kernel({
  transport: sockets,
  cwd: process.cwd(),
  sessionName: process.env['JPY_SESSION_NAME'] ?? null,
  onShutdown: () => void shutdown()
});

process.on('SIGTERM', () => void shutdown());
// Jupyter interrupts by message; a Ctrl-C in its terminal is not meant for the kernel.
process.on('SIGINT', () => undefined);
watchParent(() => void shutdown());

await sockets.listen(connection, {
  onMessage: (channel, message) => void kernel.handle({ channel, message }),
  onSubscribe: topic => kernel.welcome(topic)
});
kernel.start();

async function shutdown(): Promise<void> {
  kernel.close();
  await sockets.close();
  process.exit(0);
}
