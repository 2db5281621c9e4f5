import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

import { connectPlain, type Place } from '../../../kernel-runtime/src/cluster/net/websocket.js';
import { SOON_MS } from '../../helpers/busy-machine.js';
import { landingIn, LinkPeer, LinkPeers, message, patterned } from './link-peers.js';

let peers: LinkPeers;
afterEach(() => peers.stop());

/** Turns of the event loop in which a socket would have moved bytes. */
async function turns(count = 50): Promise<void> {
  for (let k = 0; k < count; k++) await setImmediate();
}

/** Stands in front of a rank and passes everything on, but the first dials for large payloads, which it resets. */
async function startFront(
  rank: Place,
  path: string,
  resets: number
): Promise<{ address: Place; server: Server; left: () => number }> {
  let left = resets;
  const isLocal = typeof rank === 'string';
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    socket.once('data', request => {
      if (String(request).includes('bulk') && left-- > 0)
        return isLocal ? socket.destroy() : socket.resetAndDestroy();
      const onward = connectPlain(rank);
      onward.write(request);
      onward.on('error', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
  });
  server.listen(isLocal ? { path } : { host: rank.host, port: 0 });
  await once(server, 'listening');
  const bound = server.address() as string | AddressInfo;
  const address = typeof bound === 'string' ? bound : { host: '127.0.0.1', port: bound.port };
  return { address, server, left: () => left };
}

/** Those that are none of these tests'. */
const idle = openSockets();

describe.each(['unix', 'tcp'] as const)('links over %s', transport => {
  it('carry messages of all sizes, each with its head', async () => {
    peers = await LinkPeers.start(2, { transport });
    const [a, b] = peers.all;
    const sizes = [0, 1, 1000, 65_536, 65_537, 1 << 20, (1 << 20) + 1, 5_000_001, 3];
    const given = (k: number) => ({
      epoch: 3,
      era: k,
      number: 2 * k,
      stream: 1,
      words: `w${k % 2}`
    });
    const sent = sizes.map(async (size, k) =>
      a.links.send(1, message([patterned(size, k)], given(k)))
    );
    for (const [k, size] of sizes.entries()) {
      const arrival = await b.next();
      expect(arrival).toMatchObject({ from: 0, ...given(k), length: size });
      const payload = arrival.payload ?? (await b.land(arrival));
      expect(payload.equals(patterned(size, k))).toBe(true);
    }
    await Promise.all(sent);
    expect(b.lost).toEqual([]);
  });

  it('open once, whoever needs them first, both at the same time too', async () => {
    peers = await LinkPeers.start(4, { transport });
    const pairs = peers.all.flatMap((_, a) => peers.all.map((_, b) => [a, b] as const));
    for (const [from, to] of pairs) {
      if (from !== to) void peers.all[from].links.send(to, message([Buffer.from(`${from}`)]));
    }
    for (const peer of peers.all) {
      await peer.until(() => peer.arrivals.length === 3);
      expect(peer.arrivals.map(({ from }) => from).sort()).toEqual(
        peers.all.map((_, rank) => rank).filter(rank => peers.all[rank] !== peer)
      );
      expect(peer.lost).toEqual([]);
    }
    // Four listeners, and both ends of six pairs: of two dials that met, one is closed.
    await expect.poll(() => openSockets() - idle, { interval: 5, timeout: SOON_MS }).toBe(4 + 12);
    for (const peer of peers.all) expect(peer.lost).toEqual([]);
  });
});

/** Listeners and connections of this process, each end counted. */
function openSockets(): number {
  const kinds = ['PipeWrap', 'TCPSocketWrap', 'TCPServerWrap'];
  return process.getActiveResourcesInfo().filter(kind => kinds.includes(kind)).length;
}

describe('a link', () => {
  it('gathers a payload from its parts, in order', async () => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    const whole = patterned(3_000_000);
    const cuts = [0, 1, 1, 64, 1_048_575, 1_048_577, 2_999_999, 3_000_000];
    const parts = cuts.slice(1).map((end, k) => whole.subarray(cuts[k], end));
    const sent = a.links.send(1, message(parts));
    expect((await b.land(await b.next())).equals(whole)).toBe(true);
    await sent;
  });

  it('sends from shared memory, and lands in it', async () => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    const memory = new WebAssembly.Memory({ initial: 100, maximum: 100, shared: true });
    const bytes = Buffer.from(memory.buffer);
    patterned(3_000_000).copy(bytes);
    const sent = a.links.send(1, message([bytes.subarray(0, 3_000_000)]));
    const arrival = await b.next();
    const isWhole = await new Promise(resolve =>
      b.links.grant(arrival, landingIn(bytes.subarray(3_000_007), resolve))
    );
    await sent;
    expect(isWhole).toBe(true);
    expect(bytes.subarray(3_000_007, 6_000_007).equals(patterned(3_000_000))).toBe(true);
    expect(bytes.subarray(6_000_007).every(byte => byte === 0)).toBe(true);
  });

  it('lets large messages pass each other: none waits for one that nobody receives', async () => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    const sent = [1, 2, 3].map(async k => a.links.send(1, message([patterned(2_000_000, k)])));
    const arrivals = [await b.next(), await b.next(), await b.next()];
    for (const k of [2, 0, 1]) {
      expect((await b.land(arrivals[k])).equals(patterned(2_000_000, k + 1))).toBe(true);
      await sent[k];
    }
  });

  it('sends no more than was granted, and goes on when it may', async () => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    const sent = a.links.send(1, message([patterned(1_000_000)]));
    let isSent = false;
    void sent?.then(() => (isSent = true));
    const arrival = await b.next();
    const memory = Buffer.alloc(1_000_000);
    let arrived = 0;
    let look = (): void => undefined;
    const until = (offset: number): Promise<void> =>
      new Promise(resolve => (look = () => arrived >= offset && resolve()));
    const released = new Promise(resolve => {
      b.links.grant(
        arrival,
        {
          place: offset => memory.subarray(offset, offset + 10_000),
          arrived: offset => {
            arrived = offset;
            look();
          },
          released: resolve
        },
        100_000
      );
    });
    await until(100_000);
    await turns();
    expect(arrived).toBe(100_000);
    expect(isSent).toBe(false);
    b.links.extend(arrival, 1_000_000);
    expect(await released).toBe(true);
    expect(memory.equals(patterned(1_000_000))).toBe(true);
    await sent;
  });

  it('keeps little for a receiver that consumes nothing, and loses nothing', async () => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    const COUNT = 400;
    const bytes = patterned(10_000);
    const sent = Array.from({ length: COUNT }, async (_, k) =>
      a.links.send(1, message([bytes], { era: k }))
    );
    await b.until(() => b.arrivals.length === COUNT);
    const held = b.arrivals.reduce((sum, { payload }) => sum + (payload?.length ?? 0), 0);
    expect(held).toBeLessThanOrEqual(1 << 20);
    for (const [k, arrival] of b.arrivals.entries()) {
      expect(arrival.era).toBe(k);
      if (arrival.payload) b.links.consume(arrival);
      const payload = arrival.payload ?? (await b.land(arrival));
      expect(payload.equals(bytes)).toBe(true);
    }
    await Promise.all(sent);
  });

  it('makes even announcements wait, in order, when too many have no answer', async () => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    // Without a payload, a message takes room only: 8192 of them fill the budget.
    const sent = Array.from({ length: 10_000 }, async (_, k) =>
      a.links.send(1, message([], { era: k }))
    );
    const all = Promise.all(sent);
    await b.until(() => b.arrivals.length === 8192);
    await turns();
    expect(b.arrivals.length).toBe(8192);
    for (let k = 0; k < 10_000; k++) {
      const arrival = await b.next();
      expect(arrival.era).toBe(k);
      b.links.consume(arrival);
    }
    await all;
  });

  it('tells words once, and again when they had to make room', async () => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    const words = [
      ...Array.from({ length: 3000 }, (_, k) => `words ${k}`),
      'words 0',
      'words 2999'
    ];
    for (const text of words) {
      await a.links.send(1, message([], { words: text }));
      const arrival = await b.next();
      expect(arrival.words).toBe(text);
      b.links.consume(arrival);
    }
    expect(() => a.links.send(1, message([], { words: 'x'.repeat(2 ** 20 + 1) }))).toThrow(
      expect.objectContaining({ code: 'VALUE_INVALID' })
    );
  });

  it('carries signals in order, beside everything else', async () => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    void a.links.send(1, message([patterned(10_000_000)]))?.catch(() => undefined);
    for (let k = 0; k < 50; k++) await a.links.signal(1, patterned(100_000, k));
    await b.until(() => b.signals.length === 50);
    b.signals.forEach(({ from, bytes }, k) => {
      expect(from).toBe(0);
      expect(bytes.equals(patterned(100_000, k))).toBe(true);
    });
  });

  it('drops what belongs to an older epoch, at both ends', async () => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    const old = [1, 2].map(async k => a.links.send(1, message([patterned(20_000_000, k)])));
    const arrivals = [await b.next(), await b.next()];
    const memory = Buffer.alloc(20_000_000);
    const releases: boolean[] = [];
    const begun = new Promise<void>(resolve =>
      b.links.grant(arrivals[0], {
        place: offset => memory.subarray(offset),
        arrived: () => resolve(),
        released: isWhole => void releases.push(isWhole)
      })
    );
    await begun;
    b.links.openEpoch(1);
    a.links.openEpoch(1);
    await Promise.all(old);
    await b.until(() => true);
    const next = a.links.send(1, message([patterned(3_000_000, 3)], { epoch: 1 }));
    expect((await b.land(await b.next())).equals(patterned(3_000_000, 3))).toBe(true);
    await next;
    expect(releases).toEqual([false]);
    expect([...a.lost, ...b.lost]).toEqual([]);
    // Whoever uses the memory again is not disturbed.
    memory.fill(0);
    const last = a.links.send(1, message([patterned(3_000_000, 4)], { epoch: 1 }));
    await b.land(await b.next());
    await last;
    expect(memory.every(byte => byte === 0)).toBe(true);
  });

  it('reads on past a message that nobody wants any more', async () => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    const sent = [1, 2].map(async k => a.links.send(1, message([patterned(8_000_000, k)])));
    const arrivals = [await b.next(), await b.next()];
    const memory = Buffer.alloc(8_000_000);
    let isCancelled = false;
    let after = 0;
    const released = new Promise(resolve =>
      b.links.grant(
        arrivals[0],
        {
          place: offset => memory.subarray(offset),
          arrived: () => {
            if (isCancelled) after++;
            else b.links.cancel(arrivals[0]);
            isCancelled = true;
          },
          released: resolve
        },
        3_000_000
      )
    );
    expect(await released).toBe(false);
    expect((await b.land(arrivals[1])).equals(patterned(8_000_000, 2))).toBe(true);
    await Promise.all(sent);
    expect(after).toBe(0);
  });

  it('ends with a named error for what waits, when the other side goes', async () => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    const sent = a.links.send(1, message([patterned(50_000_000)]));
    const landed = b.land(await b.next());
    void landed.catch(() => undefined);
    a.links.disconnect(1);
    await expect(sent).rejects.toMatchObject({ code: 'LINK_ENDED', detail: { rank: 1 } });
    await expect(landed).rejects.toThrow('not whole');
    await b.until(() => b.lost.length > 0);
    expect(b.lost).toEqual([{ rank: 0, cause: 'the connection broke', isRefused: false }]);
    expect(a.lost).toEqual([]);
    // And is opened anew by whoever needs it.
    void a.links.send(1, message([Buffer.from('again')]));
    expect((await b.next()).payload?.toString()).toBe('again');
  });

  it('says that nobody listens', async () => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    b.links.close();
    const sent = a.links.send(1, message([Buffer.from('hello')]));
    void sent?.catch(() => undefined);
    await a.until(() => a.lost.length > 0);
    expect(a.lost[0].cause).toMatch(/ENOENT|ECONNREFUSED/);
  });

  it.each([
    [
      'gave up waiting for the request',
      'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n'
    ],
    ['closed without an answer', '']
  ])('opens with a busy peer that %s, as soon as it can', async (_, answer) => {
    peers = await LinkPeers.start(2);
    const [a, b] = peers.all;
    b.links.close();
    const busy = createServer(socket => {
      socket.once('data', () => socket.end(answer, () => socket.destroy()));
      busy.close();
      const { token } = peers;
      const addressOf = (rank: number): string => peers.address(rank);
      peers.all[1] = new LinkPeer({ rank: 1, size: 2, token, addressOf });
      void peers.all[1].links.listen();
    }).listen(peers.address(1));
    await once(busy, 'listening');
    void a.links.send(1, message([Buffer.from('hello')]));
    await once(busy, 'close');
    expect((await peers.all[1].next()).payload?.toString()).toBe('hello');
    expect(a.lost).toEqual([]);
  });

  it.each(['unix', 'tcp'] as const)(
    'asks a busy peer again for large payloads, over %s',
    async transport => {
      peers = await LinkPeers.start(2, { transport });
      const [a, b] = peers.all;
      const front = await startFront(a.links.address!, peers.address(2), 2);
      peers.reachedAt.set(0, front.address);
      void a.links.send(1, message([patterned(1 << 20)]));
      const payload = await b.land(await b.next());
      expect(payload.equals(patterned(1 << 20))).toBe(true);
      expect(front.left()).toBeLessThan(0);
      expect([a.lost, b.lost]).toEqual([[], []]);
      front.server.close();
    }
  );

  it('counts what it carries', async () => {
    peers = await LinkPeers.start(3);
    const [a, b, c] = peers.all;
    void a.links.send(2, message([patterned(100)]));
    void a.links.send(1, message([patterned(1000)]));
    void a.links.send(1, message([patterned(100_000)]))?.catch(() => undefined);
    await b.until(() => b.arrivals.length === 2);
    await c.next();
    expect(a.links.counts()).toEqual([
      { rank: 1, sentBytes: 101_000, sentMessages: 2, receivedBytes: 0, receivedMessages: 0 },
      { rank: 2, sentBytes: 100, sentMessages: 1, receivedBytes: 0, receivedMessages: 0 }
    ]);
    expect(b.links.counts()).toMatchObject([{ rank: 0, receivedBytes: 101_000 }]);
  });
});
