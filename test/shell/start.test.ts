/** `npm start` as a process: it prints Lab's address, serves the page, and ends with all its children. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../helpers/project.js';

const START = join(root, 'kernel-runtime/bin/start.mjs');
/** A line that a set-up step prints as it ends. */
const DONE = /^✓ /;

describe('npm start', () => {
  it('opens Lab on the course, repeats no set-up that is done, and ends it on Ctrl-C', async () => {
    const command = spawn(process.execPath, [START, '--no-browser', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit']
    });
    onTestFinished(() => void command.kill('SIGINT'));
    const { url, steps } = await addressOf(command);
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('jupyter-config-data');
    expect(url).toMatch(/^http:\/\/(localhost|127\.0\.0\.1):[1-9]\d*\/lab\/tree\/tutorials\/00-/);
    expect(steps).toEqual([]);

    command.kill('SIGINT');
    const [code] = (await once(command, 'close')) as [number | null];
    expect(code).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('stops with one sentence when the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const args = [START, '--no-browser', '--port', String(port)];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    server.close();
    expect(stderr).toMatch(/^Port \d+ is taken or may not be used: choose another with .*\n$/);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });
});

/** Lab's address, and the set-up steps that were done before it was printed. */
async function addressOf({ stdout }: ChildProcess): Promise<{ url: string; steps: string[] }> {
  if (!stdout) throw new Error('no standard output');
  const steps: string[] = [];
  for await (const line of createInterface({ input: stdout })) {
    const url = /https?:\/\/\S+/.exec(line)?.[0];
    if (url) return { url, steps };
    if (DONE.test(line)) steps.push(line);
  }
  throw new Error('npm start ended before it printed an address');
}
