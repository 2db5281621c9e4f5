import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { dialControl, serveControl } from '../../../kernel-runtime/src/cluster/net/control.js';
import { Links } from '../../../kernel-runtime/src/cluster/net/links/links.js';
import {
  dialWebsocket,
  serveWebsockets,
  type Listener
} from '../../../kernel-runtime/src/cluster/net/websocket.js';
import { privateFolder, socketAddress } from '../../../kernel-runtime/src/platform.js';

const token = randomBytes(32).toString('hex');
const folder = privateFolder('decentlab-test-');
const address = socketAddress(folder, 'door');
let entered = 0;
let listener: Listener | undefined;

const doors: Record<string, (address: string) => Promise<Listener>> = {
  control: address =>
    serveControl({ address, token, maxPayload: 1000, onLink: () => void entered++ }),
  tensor: async address => {
    const nothing = (): void => undefined;
    const links = new Links<string>({
      ...{ rank: 0, size: 3, token, addressOf: () => address, parseWords: text => text },
      ...{ onArrival: nothing, onSignal: () => void entered++, onLost: nothing }
    });
    await links.listen();
    return { address, close: () => links.close() };
  }
};

/** What the server says to some bytes, until it closes. */
async function answerTo(request: string, path = address): Promise<string> {
  const socket: Socket = connect({ path, allowHalfOpen: true });
  socket.on('error', () => undefined);
  let answer = '';
  socket.on('data', (bytes: Buffer) => (answer += bytes.toString('latin1')));
  socket.write(request);
  await once(socket, 'end');
  const isClosed = new Promise(resolve => socket.once('close', resolve));
  // The other end is destroyed: writing to it fails.
  const fails = (): void => void socket.write('x', error => error ?? setImmediate(fails));
  fails();
  await isClosed;
  return answer;
}

const upgrade = (...headers: string[]): string =>
  [
    'GET / HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...headers,
    '',
    ''
  ].join('\r\n');

afterEach(() => {
  listener?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(Object.keys(doors))('the door of %s links', kind => {
  beforeEach(async () => {
    entered = 0;
    mkdirSync(folder, { recursive: true });
    listener = await doors[kind](address);
  });

  it.each<[string, string, RegExp]>([
    ['no token', upgrade(), /^HTTP\/1.1 401 /],
    ['a wrong token', upgrade(`Authorization: Bearer ${'0'.repeat(64)}`), /^HTTP\/1.1 401 /],
    ['half a token', upgrade(`Authorization: Bearer ${token.slice(0, 32)}`), /^HTTP\/1.1 401 /],
    ['more than the token', upgrade(`Authorization: Bearer ${token}0`), /^HTTP\/1.1 401 /],
    ['the token without its scheme', upgrade(`Authorization: ${token}`), /^HTTP\/1.1 401 /],
    [
      'a web page’s origin, even with the token',
      upgrade(`Authorization: Bearer ${token}`, 'Origin: http://localhost'),
      /^HTTP\/1.1 403 /
    ],
    [
      'a message sent along without a token',
      `${upgrade()}${'\x82\x05hello'.repeat(1000)}`,
      /^HTTP\/1.1 401 /
    ],
    ['garbage', '\x00\x01\x02\xff\r\n\r\n', /^HTTP\/1.1 400 /],
    ['a plain request', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', /^HTTP\/1.1 426 /],
    ['endless headers', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`, /^HTTP\/1.1 431 /]
  ])('turns away %s, and closes', async (_, request, answer) => {
    expect(await answerTo(request)).toMatch(answer);
    expect(entered).toBe(0);
  });

  it('closes on an oversized message before it is read, and harms nobody else', async () => {
    const open = (rank: number): WebSocket =>
      new WebSocket('ws://localhost/', {
        createConnection: () => connect(address),
        headers: {
          authorization: `Bearer ${token}`,
          'x-decentlab-rank': rank,
          'x-decentlab-link': 'control test'
        }
      });
    const [good, bad] = [open(1), open(2)];
    await Promise.all([once(good, 'open'), once(bad, 'open')]);
    bad.send(Buffer.alloc(2 << 20));
    const [code] = (await once(bad, 'close')) as [number];
    expect(code).toBe(1009);
    const pong = once(good, 'pong');
    good.ping();
    await pong;
    good.terminate();
  });
});

describe('every door', () => {
  const places = Object.keys(doors).map(kind => ({
    kind,
    path: socketAddress(folder, kind)
  }));
  let listeners: Listener[];
  beforeEach(async () => {
    entered = 0;
    mkdirSync(folder, { recursive: true });
    listeners = await Promise.all(places.map(({ kind, path }) => doors[kind](path)));
  });
  afterEach(() => listeners.forEach(each => each.close()));

  // Five seconds are promised; Node would wait for a minute.
  it('closes on half a request and on silence', { timeout: 30_000 }, async () => {
    const requests = ['GET / HTTP/1.1\r\nHost: loc', ''];
    await Promise.all(
      places.flatMap(({ path }) => requests.map(request => answerTo(request, path)))
    );
    expect(entered).toBe(0);
  });
});

describe('a control link', () => {
  beforeEach(async () => {
    mkdirSync(folder, { recursive: true });
  });

  it('closes with the reason when a message is refused', async () => {
    const onLink: Parameters<typeof serveControl>[0]['onLink'] = link =>
      link.onMessage(() => {
        throw new Error('Expected a control message, received 3 bytes.');
      });
    listener = await serveControl({ address, token, maxPayload: 1000, onLink });
    const link = await dialControl({ address, token, maxPayload: 1000 });
    const closed = new Promise(resolve => link.onClose(resolve));
    link.send(Buffer.from('abc'));
    expect(await closed).toBe('Expected a control message, received 3 bytes.');
  });

  it('cannot be dialled with a wrong token', async () => {
    listener = await serveControl({ address, token, maxPayload: 1000, onLink: () => undefined });
    const wrong = { address, token: '0'.repeat(64), maxPayload: 1000 };
    await expect(dialControl(wrong)).rejects.toThrow('401');
  });
});

describe('a dial', () => {
  it('is not given up by a process that is late itself, turn for turn', async () => {
    mkdirSync(folder, { recursive: true });
    listener = await serveWebsockets({
      address,
      token,
      maxPayload: 1000,
      onSocket: () => undefined
    });
    const timeout = 200;
    const lateness = setInterval(() => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.5 * timeout);
    });
    const dialled = dialWebsocket({ address, token, maxPayload: 1000, timeout });
    const socket = await dialled.finally(() => clearInterval(lateness));
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
  });
});

describe('a listener', () => {
  it('lets in who has asked in time, though it was busy itself until later', async () => {
    mkdirSync(folder, { recursive: true });
    const [timeout, onSocket] = [200, (): void => undefined];
    listener = await serveWebsockets({ address, token, maxPayload: 1000, timeout, onSocket });
    const socket = connect(address);
    await once(socket, 'connect');
    for (let turn = 0; turn < 10; turn++) await new Promise(resolve => setImmediate(resolve));
    socket.write(upgrade(`Authorization: Bearer ${token}`));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * timeout);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 101 /);
    socket.destroy();
  });

  it('takes the place of one that died without leaving', async () => {
    mkdirSync(folder, { recursive: true });
    const script = `require('net').createServer().listen(process.argv[1], () => console.log('listens'))`;
    const dead = spawn(process.execPath, ['-e', script, address]);
    await once(dead.stdout, 'data');
    dead.kill('SIGKILL');
    await once(dead, 'exit');
    const onSocket = (): void => void entered++;
    entered = 0;
    listener = await serveWebsockets({ address, token, maxPayload: 1000, onSocket });
    const link = await dialControl({ address, token, maxPayload: 1000 });
    expect(entered).toBe(1);
    link.close();
  });
});
