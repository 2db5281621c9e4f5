/** Connections through the slower network, over real sockets: whole, in order, no sooner than their bytes, and to the end. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';

import { RealClock } from '../../../kernel-runtime/src/cluster/net/shaping/events.js';
import { Network, type Costs } from '../../../kernel-runtime/src/cluster/net/shaping/network.js';
import { encodeStamp } from '../../../kernel-runtime/src/cluster/net/shaping/stamps.js';
import { privateFolder, socketAddress } from '../../../kernel-runtime/src/platform.js';

/** 80 Mbit/s. */
const MS_PER_BYTE = 1e-4;
const LATENCY = 3;
/** The clocks of both ends may be early, by as much as timers are late, and what they share is rounded. */
const EARLY = 2 * new RealClock().early + 0.5;
const edge = { msPerByte: 0, latency: LATENCY };
const costs = (msPerByte: number): Costs => ({
  ...{ cardTime: () => msPerByte, worstLatency: LATENCY },
  ...{ to: () => edge, from: () => edge }
});
const PAYLOAD = randomBytes(300_000);

const open: { close(): void }[] = [];
afterEach(() => open.splice(0).forEach(one => one.close()));

interface Given {
  /** Bytes of memory that what comes to the end that dials is read into. Defaults to none: it is read as a stream. */
  readonly memory?: number | undefined;
  readonly msPerByte?: number;
}

/** Both ends of a connection. */
async function connected({ memory, msPerByte = MS_PER_BYTE }: Given = {}): Promise<{
  near: Duplex;
  far: Duplex;
  raw: Socket;
  read: Buffer[];
}> {
  const [mine, other] = [new Network(costs(msPerByte)), new Network(costs(msPerByte))];
  const address = socketAddress(privateFolder('decentlab-test-'), 'slow');
  const server = createServer();
  server.listen(address);
  const read: Buffer[] = [];
  const buffer = Buffer.alloc(memory ?? 1);
  const callback = (count: number): boolean => {
    read.push(Buffer.from(buffer.subarray(0, count)));
    return true;
  };
  const near = mine.dial(1, address, memory ? { buffer: () => buffer, callback } : undefined);
  const [raw] = (await once(server, 'connection')) as [Socket];
  const far = other.accept(raw);
  open.push(mine, other, server);
  if (!memory) near.on('data', (bytes: Buffer) => read.push(bytes));
  return { near, far, raw, read };
}

describe('a slow stream', () => {
  it.each<[string, number | undefined]>([
    ['is read as any other', undefined],
    ['fills the memory that it is given', 1_000]
  ])('%s: whole, in order, no sooner than its bytes, and to the end', async (_, memory) => {
    const { near, far, read } = await connected({ memory });
    const began = performance.now();
    for (let at = 0, k = 1; at < PAYLOAD.length; at += k, k = (k * 7 + 1) % 40_000)
      far.write(PAYLOAD.subarray(at, at + k));
    far.end();
    await once(near, 'close');
    const elapsed = performance.now() - began;
    expect(Buffer.concat(read).equals(PAYLOAD)).toBe(true);
    expect(elapsed).toBeGreaterThan(PAYLOAD.length * MS_PER_BYTE + LATENCY - EARLY);
  });

  it('says that memory is free when it was sent, or will never be', async () => {
    const { far } = await connected();
    const freed: string[] = [];
    far.on('error', () => undefined);
    await new Promise<void>(resolve => far.write(PAYLOAD.subarray(0, 10), () => resolve()));
    far.write(PAYLOAD, () => freed.push('the one that was being sent'));
    far.write(PAYLOAD, () => freed.push('the one that waited'));
    far.destroy();
    await once(far, 'close');
    expect(freed.sort()).toEqual(['the one that waited', 'the one that was being sent'].sort());
  });

  it('ends when its socket breaks, behind what has come before', async () => {
    const { near, far, raw, read } = await connected();
    await new Promise<void>(resolve => far.write(PAYLOAD.subarray(0, 50_000), () => resolve()));
    far.write('and what is lost');
    raw.destroy();
    await once(near, 'close');
    expect(Buffer.concat(read).equals(PAYLOAD.subarray(0, 50_000))).toBe(true);
  });

  it('gives what has come before its end, though the clock of its sender is early', async () => {
    const { near, raw, read } = await connected();
    const began = new RealClock().now();
    raw.write(encodeStamp(4, { began, ended: began + 20 }));
    raw.end('last');
    await once(near, 'close');
    expect(String(Buffer.concat(read))).toBe('last');
  });

  it('has its sender wait while nobody reads', async () => {
    const { near, far } = await connected({ msPerByte: 0 });
    near.pause();
    const COUNT = 300;
    let taken = 0;
    const all = Array.from(
      { length: COUNT },
      () => new Promise<void>(resolve => far.write(PAYLOAD, () => resolve(void taken++)))
    );
    for (let last = -1; last !== taken;) {
      last = taken;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    // 90 MB are more than the queues and sockets between them hold.
    expect(taken).toBeLessThan(COUNT);
    near.resume();
    await Promise.all(all);
  });
});

describe('the slower network', () => {
  it.each([
    ['two chunks at least', 1e-1, 2 << 20],
    ['what leaves in 400 ms', 1e-5, 40e6],
    ['64 MiB at most', 0, 64 << 20]
  ])(
    'has %s of large payloads lie ready, so that a late process keeps its card busy',
    (_, ...of) => {
      const [msPerByte, ahead] = of;
      expect(new Network(costs(msPerByte)).ahead).toBe(ahead);
    }
  );

  it('reads the clock that all processes of the machine share', () => {
    const clock = new RealClock();
    const read = (): number => Number(process.hrtime.bigint()) / 1e6;
    const before = read();
    const now = clock.now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(read());
  });
});
