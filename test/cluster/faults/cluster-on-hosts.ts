/** Clusters whose engines run on different hosts, linked by TCP; the controller reaches them by sockets of the machine. */
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { Cluster } from 'decentlab';
import { privateFolder } from '../../../kernel-runtime/src/platform.js';
import type { Hosts } from './hosts.js';

const program = fileURLToPath(new URL('controller-on-hosts.mjs', import.meta.url));

export interface OnHosts {
  readonly heartbeat?: number;
  readonly stallAfter?: number;
}

/** Starts one engine a host. */
export async function startOnHosts(
  hosts: Hosts,
  { heartbeat = 5_000, stallAfter = 5_000 }: OnHosts = {}
): Promise<Cluster> {
  const { addresses } = hosts;
  const id = randomUUID().slice(0, 8);
  const config = {
    ...{ id, heartbeat, stallAfter, size: addresses.length, idleLimit: 20_000 },
    token: randomBytes(32).toString('hex'),
    folder: privateFolder('decentlab-'),
    startedAt: new Date().toISOString(),
    ...{ execArgv: [], cwd: process.cwd(), name: null }
  };
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const commands = addresses.map((_, host) => hosts.command(host));
  child.stdin.end(JSON.stringify({ config, commands, addresses }));
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('The controller has ended.')))
  ]);
  return Cluster.connect(id);
}
