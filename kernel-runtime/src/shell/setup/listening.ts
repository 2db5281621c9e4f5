/** Waits until somebody listens: Jupyter's log names the address a moment before its page can be opened. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const RETRY_MS = 30;

/**
 * Resolves to true once a connection to the host and port of `url` is accepted.
 * @param isOver asked before every try; true gives up, and resolves to false
 */
export async function isListening(url: string, isOver: () => boolean): Promise<boolean> {
  const { hostname, port } = new URL(url);
  while (!isOver()) {
    if (await accepts(hostname, Number(port))) return true;
    await pause(RETRY_MS);
  }
  return false;
}

async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
