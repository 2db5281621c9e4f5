import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isListening } from '../../kernel-runtime/src/shell/setup/listening.js';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the wait for a page', () => {
  it('ends when the server begins to listen, and not before', async () => {
    const port = await freePort();
    let server: Server | undefined;
    const tries: boolean[] = [];
    const open = await isListening(`http://127.0.0.1:${port}/lab?token=x`, () => {
      tries.push(server !== undefined);
      if (tries.length === 3) server = createServer().listen(port, '127.0.0.1');
      return false;
    });
    expect(open).toBe(true);
    expect(tries.slice(0, 3)).toEqual([false, false, false]);
    server?.close();
  });

  it('gives up when the server has ended', async () => {
    const port = await freePort();
    let tries = 0;
    expect(await isListening(`http://127.0.0.1:${port}/`, () => ++tries > 2)).toBe(false);
  });
});
