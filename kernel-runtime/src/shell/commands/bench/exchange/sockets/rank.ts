/** One process of a socket program: what it was told, how it meets the others, and how it tells its times. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, type ListenOptions, type Server } from 'node:net';
import { join } from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';
import { keyOf, type Job } from '../job.js';
import { timeBatches, type TimedCall, type TimesEntries } from '../timing.js';

export type Transport = 'unix' | 'tcp';
/** Where a rank listens. */
export type Address = { readonly path: string } | { readonly host: string; readonly port: number };

/** What a rank is told when it starts. */
export interface RankStart {
  readonly rank: number;
  readonly size: number;
  readonly transport: Transport;
  /** For sockets in the file system. */
  readonly folder: string;
  readonly jobs: readonly Job[];
  /** What else the program has to know. */
  readonly variant: string;
}

/** A rank waits for all others, with the address that it listens on; or it has done its jobs. */
export type FromRank =
  | { readonly type: 'here'; readonly address: Address | null }
  | { readonly type: 'times'; readonly times: TimesEntries };

/** All are here. */
export interface Answer {
  readonly addresses: readonly (Address | null)[];
}

const LOOPBACK = '127.0.0.1';

export const start = JSON.parse(process.argv[2]) as RankStart;
// Without its parent a rank has nothing to do.
process.on('disconnect', () => process.exit());

/** Resolves once all ranks are here, with where each of them listens. */
export async function meet(address: Address | null = null): Promise<readonly (Address | null)[]> {
  process.send!({ type: 'here', address } satisfies FromRank);
  const [{ addresses }] = (await once(process, 'message')) as [Answer];
  return addresses;
}

/** Runs the jobs and tells their times; `begin` gives the call of a job. */
export async function timeJobs(begin: (job: Job) => TimedCall): Promise<void> {
  const times: TimesEntries = [];
  for (const job of start.jobs) {
    times.push([keyOf(job), await timeBatches(job, begin(job), async () => void (await meet()))]);
  }
  process.send!({ type: 'times', times } satisfies FromRank);
}

/** Listens on an address of this rank's own. */
export async function listen(server: Server): Promise<Address> {
  const path = join(start.folder, `${start.rank}.sock`);
  const where: ListenOptions = start.transport === 'unix' ? { path } : { host: LOOPBACK, port: 0 };
  server.listen(where);
  await once(server, 'listening');
  const bound = server.address();
  return bound !== null && typeof bound === 'object'
    ? { host: LOOPBACK, port: bound.port }
    : { path };
}

/** Serves websockets as `ws` does by itself, without compression and without a limit on their size. */
export async function serveStock(onSocket: (socket: WebSocket) => void): Promise<Address> {
  const server = createHttpServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 0 });
  sockets.on('connection', onSocket);
  return listen(server);
}

/** Opens a websocket as `ws` does by itself, without compression and without a limit on its size. */
export async function dialStock(address: Address): Promise<WebSocket> {
  const socket = new WebSocket('ws://localhost/', {
    createConnection: () => connect({ ...address, noDelay: true }),
    perMessageDeflate: false,
    maxPayload: 0
  });
  await once(socket, 'open');
  return socket;
}
