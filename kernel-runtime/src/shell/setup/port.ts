/** Whether a port is free to listen on. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { DecentLabError } from '../../errors.js';

/** Resolves when `port` is free on the loopback interface. Throws PORT_TAKEN otherwise. */
export async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    throw new DecentLabError('PORT_TAKEN', { port }, { cause: error });
  } finally {
    server.close();
  }
}
