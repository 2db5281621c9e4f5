/** Strangers and madmen at the controller's door harm nobody. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import { Packr } from 'msgpackr';
import { beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import type { Cluster } from 'decentlab';
import { clusterFiles, startCluster, valuesOf } from '../real-cluster.js';

const packr = new Packr({ useRecords: false });
let cluster: Cluster;
let address: string;
let token: string;

beforeAll(async () => {
  cluster = await startCluster({ engines: 2 });
  const file = readFileSync(join(clusterFiles, `${cluster.id}.json`), 'utf8');
  ({ address, token } = JSON.parse(file) as { address: string; token: string });
});

function dial(headers: Record<string, string>): WebSocket {
  return new WebSocket('ws://localhost/', { createConnection: () => connect(address), headers });
}

/** The HTTP status that a dial is refused with. */
function refusal(headers: Record<string, string>): Promise<number | undefined> {
  const socket = dial(headers);
  return new Promise(resolve => {
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
    socket.on('open', () => resolve(undefined));
    socket.on('error', () => undefined);
  });
}

/** How the server closes a link that proved the token and then sends this. */
function closing(messages: (string | Uint8Array)[]): Promise<{ code: number; reason: string }> {
  const socket = dial({ authorization: `Bearer ${token}` });
  return new Promise((resolve, reject) => {
    socket.on('open', () => messages.forEach(message => socket.send(message)));
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    socket.on('error', reject);
  });
}

async function expectUnharmed(): Promise<void> {
  expect(await valuesOf(cluster, 'await allreduce(1)')).toEqual(['1', '1']);
}

const pack = (message: unknown): Uint8Array => packr.pack(message);
const client = pack({ type: 'hello', role: 'client' });

describe('the door', () => {
  it.each([
    ['no token', () => ({}), 401],
    ['an empty token', () => ({ authorization: 'Bearer ' }), 401],
    ['a wrong token', () => ({ authorization: `Bearer ${'0'.repeat(64)}` }), 401],
    ['a longer token', () => ({ authorization: `Bearer ${token}0` }), 401],
    ['the token in another scheme', () => ({ authorization: `Basic ${token}` }), 401],
    [
      'the token, but from a web page',
      () => ({ authorization: `Bearer ${token}`, origin: 'http://localhost:8888' }),
      403
    ]
  ])('refuses %s', async (_, headers, status) => {
    expect(await refusal(headers() as Record<string, string>)).toBe(status);
    await expectUnharmed();
  });

  it('answers a plain request with "upgrade required"', async () => {
    const socket = connect(address);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    const [reply] = await new Promise<[Buffer]>(resolve =>
      socket.once('data', data => resolve([data]))
    );
    expect(reply.toString()).toMatch(/^HTTP\/1\.1 426 /);
    socket.destroy();
    await expectUnharmed();
  });
});

describe('a link', () => {
  it.each<[string, (string | Uint8Array)[]]>([
    ['text', ['hello']],
    ['bytes that are no message', [Uint8Array.of(0xc1, 0xff, 0x00)]],
    ['a list that claims to be endless', [Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff)]],
    ['an empty message', [new Uint8Array()]],
    ['something else than hello first', [pack({ type: 'stop' })]],
    ['a hello of an unknown role', [pack({ type: 'hello', role: 'admin' })]],
    ['an engine that nobody expects', [pack({ type: 'hello', role: 'engine', rank: 0, pid: 1 })]],
    ['an engine of no rank', [pack({ type: 'hello', role: 'engine', rank: 7, pid: 1 })]],
    ['a second hello', [client, client]],
    ['a message of an unknown type', [client, pack({ type: 'reboot' })]],
    [
      'a task for ranks that do not exist',
      [client, pack({ type: 'task', request: 1, ranks: [9], task: { kind: 'pull', names: ['x'] } })]
    ],
    [
      'a task for one rank twice',
      [client, pack({ type: 'task', request: 1, ranks: [0, 0], task: { kind: 'pull', names: [] } })]
    ],
    [
      'a task of an unknown kind',
      [client, pack({ type: 'task', request: 1, ranks: [0], task: { kind: 'format' } })]
    ],
    [
      'a request with a negative number',
      [client, pack({ type: 'restart', request: -1, ranks: [0] })]
    ]
  ])('with %s is closed with a reason', async (_, messages) => {
    const { code, reason } = await closing(messages);
    expect(code).toBe(1008);
    expect(reason).not.toBe('');
    await expectUnharmed();
  });
});
