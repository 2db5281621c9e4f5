/** Malformed handshakes and frames, thrown at the links of a real process at every stage, while a good peer goes on. */
import type { Server } from 'node:net';
import { expect } from 'vitest';

import {
  encodeHead,
  HEAD_BYTES,
  WORD_PLACES
} from '../../../kernel-runtime/src/cluster/protocol/head.js';
import { random, type RandomStream } from '../../../kernel-runtime/src/mathematics/math/random.js';
import { socketAddress } from '../../../kernel-runtime/src/platform.js';
import { LinkPeers, message, patterned } from './link-peers.js';
import { LinkProcess } from './link-process.js';
import { attack, BINARY, consent, frame, handshake, hello, rawServer } from './raw-peer.js';

/** More ranks than attacks at a time: each attacker has a rank of its own. */
const SIZE = 1000;
const FIRST_ATTACKER = 10;
const AT_A_TIME = 20;
/** What an engine may keep of all this: Node's own caches, not what was thrown. */
const MAX_GROWTH = 12 << 20;

interface Thrower {
  readonly token: string;
  readonly stream: RandomStream;
  readonly rank: number;
}

const bytesOf = (stream: RandomStream, most: number): Buffer =>
  Buffer.from(Array.from({ length: stream.integer(most) }, () => stream.integer(256)));

const pick = <T>(stream: RandomStream, from: readonly T[]): T => from[stream.integer(from.length)];

/** Requests of strangers: never the token, whatever else. */
function strangerRequest({ token, stream, rank }: Thrower): Buffer {
  const good = hello(token, rank);
  const wrong = [
    () => bytesOf(stream, 3000),
    () => handshake({ ...good, authorization: `Bearer ${'0'.repeat(64)}` }),
    () => handshake({ ...good, authorization: `Bearer ${token.slice(0, stream.integer(64))}` }),
    () => handshake({ 'x-decentlab-rank': rank, 'x-decentlab-link': 'control a' }),
    () => handshake({ ...good, origin: 'http://localhost:8888' }),
    () => handshake(good).slice(0, 40 + stream.integer(100)),
    () => `GET /${'x'.repeat(stream.integer(30_000))} HTTP/1.1\r\n\r\n`,
    () => Buffer.concat([Buffer.from(handshake({})), bytesOf(stream, 500)])
  ];
  return Buffer.from(pick(stream, wrong)());
}

/** Requests with the token that name no link. */
function wrongHello({ token, stream, rank }: Thrower): string {
  const wrong: Record<string, string | number>[] = [
    { 'x-decentlab-rank': 0 },
    { 'x-decentlab-rank': -1 },
    { 'x-decentlab-rank': SIZE },
    { 'x-decentlab-rank': 'NaN' },
    { 'x-decentlab-rank': 1.5 },
    { 'x-decentlab-link': '' },
    { 'x-decentlab-link': 'control' },
    { 'x-decentlab-link': 'bulk of-no-link' },
    { 'x-decentlab-link': `other ${stream.integer(9)}` },
    { 'x-decentlab-link': 'control a b' }
  ];
  return handshake({ ...hello(token, rank), ...pick(stream, wrong) });
}

/** Bytes on an open control socket that break a rule, in frames as a client (masked) or a server sends them. */
function wrongControl({ stream, rank }: Thrower, isMasked: boolean): Buffer {
  const inFrame = (bytes: Uint8Array): Buffer => frame(BINARY, bytes, isMasked);
  const sender = rank;
  const words = encodeHead({ kind: 'words', sender, length: 2 }, 2);
  const wrong = [
    () => bytesOf(stream, 2000),
    () => inFrame(bytesOf(stream, 2000)),
    () => frame(0x81, Buffer.from('text'), isMasked),
    () => frame(BINARY, Buffer.alloc(5), !isMasked),
    () => Buffer.from([BINARY, isMasked ? 255 : 127, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0]),
    () => inFrame(Buffer.alloc(3 << 19)),
    () => inFrame(encodeHead({ kind: 'message', sender: sender + 1, words: 0 })),
    () => inFrame(encodeHead({ kind: 'message', sender, words: stream.integer(WORD_PLACES) })),
    () => inFrame(encodeHead({ kind: 'message', sender, length: 1 + stream.integer(9) })),
    () => inFrame(words.subarray(0, HEAD_BYTES + stream.integer(2))),
    () => inFrame(Buffer.concat([words, bytesOf(stream, 9), Buffer.from('x')])),
    () => inFrame(encodeHead({ kind: 'grant', sender, sequence: stream.integer(9), length: 1 })),
    () => inFrame(encodeHead({ kind: 'credit', sender, length: 1 + stream.integer(2 ** 30) })),
    () => inFrame(encodeHead({ kind: 'credit', sender, number: 1 + stream.integer(9) })),
    () => inFrame(encodeHead({ kind: 'chunk', sender, length: 0 })),
    () => Buffer.concat([inFrame(words), inFrame(encodeHead({ kind: 'announcement', sender }))]),
    () =>
      Buffer.concat([
        inFrame(words),
        inFrame(encodeHead({ kind: 'message', sender }).fill(stream.integer(256), 0, 5))
      ])
  ];
  return pick(stream, wrong)();
}

/** Bytes on an open bulk socket, where message 0 of 1,000,000 bytes was granted, that break a rule. */
function wrongBulk({ stream, rank }: Thrower): Buffer {
  const chunk = (given: object): Buffer => encodeHead({ kind: 'chunk', sender: rank, ...given });
  const withPayload = (given: { length: number }): Buffer =>
    frame(BINARY, Buffer.concat([chunk(given), Buffer.alloc(given.length)]));
  const wrong = [
    () => bytesOf(stream, 2000),
    () => frame(BINARY, bytesOf(stream, 2000)),
    () => frame(0x81, Buffer.from('text')),
    () => frame(BINARY, chunk({ length: 0 })),
    () => frame(BINARY, chunk({ length: 9 })),
    () => frame(BINARY, encodeHead({ kind: 'signal', sender: rank, length: 0 })),
    () => frame(BINARY, Buffer.concat([chunk({ length: 9, sequence: 1 }), Buffer.alloc(9)])),
    () => frame(BINARY, Buffer.concat([chunk({ length: 9, number: 1 }), Buffer.alloc(9)])),
    () => withPayload({ length: 1_000_001 }),
    () => Buffer.concat([withPayload({ length: 600_000 }), withPayload({ length: 600_000 })]),
    () => withPayload({ length: 1000 }).subarray(0, stream.integer(1000)),
    () => Buffer.from([BINARY, 127, 255, 255, 255, 255, 255, 255, 255, 255])
  ];
  return pick(stream, wrong)();
}

/** What a malicious server answers to a rank that dials it, by the stage of the attack. */
function wrongServer(thrower: Thrower, request: string): Buffer {
  const { stream, rank } = thrower;
  const good = Buffer.from(consent(request));
  const stage = rank % 3;
  if (stage === 0) {
    const cut = good.subarray(0, stream.integer(good.length));
    return pick(stream, [bytesOf(stream, 9000), cut, Buffer.from('HTTP/1.1 200 OK\r\n\r\n')]);
  }
  if (stage === 1) return Buffer.concat([good, wrongControl(thrower, false)]);
  if (request.includes('bulk ')) return Buffer.concat([good, wrongBulk(thrower)]);
  const words = encodeHead({ kind: 'words', sender: rank, length: 1 }, 1);
  const announcement = encodeHead({ kind: 'announcement', sender: rank, length: 1_000_000 });
  return Buffer.concat([good, frame(BINARY, words), frame(BINARY, announcement)]);
}

/** Throws `count` malformed handshakes and frames at a process. It must not fall, grow or let anybody in. */
export async function throwGarbage(count: number): Promise<void> {
  const peers = await LinkPeers.start(2);
  const [, good] = peers.all;
  peers.all[0].links.close();
  const { token } = peers;
  const others = socketAddress(peers.folder, 'others');
  const addresses = { 0: peers.address(0), 1: peers.address(1), others };
  const target = await LinkProcess.start({ rank: 0, size: SIZE, token, addresses });
  let left: (() => void) | undefined;
  const stream = random(7);
  let server: Server | undefined;
  let rank = FIRST_ATTACKER;
  const thrower = (): Thrower => {
    rank = rank + 1 < SIZE ? rank + 1 : FIRST_ATTACKER;
    return { token, stream, rank };
  };

  const fromStrangers = async (): Promise<void> => {
    const answer = await attack(peers.address(0), strangerRequest(thrower()));
    expect(answer).not.toContain('101 Switching');
  };
  const fromLiars = async (): Promise<void> => {
    const answer = await attack(peers.address(0), wrongHello(thrower()));
    expect(answer).not.toContain('101 Switching');
  };
  const onControl = async (): Promise<void> => {
    const by = thrower();
    const request = handshake(hello(token, by.rank));
    await attack(peers.address(0), Buffer.concat([Buffer.from(request), wrongControl(by, true)]));
  };
  const kinds = [fromStrangers, fromLiars, onControl, onControl];

  const checkGood = async (): Promise<void> => {
    void good.links.send(0, message([patterned(100_000)]));
    await new Promise<void>(resolve => {
      const listen = (told: { landed?: number }): void => {
        if (told.landed !== 100_000) return;
        target.child.off('message', listen);
        resolve();
      };
      target.child.on('message', listen);
    });
    expect(good.lost).toEqual([]);
  };

  try {
    server = await rawServer(others, (request, socket) => {
      socket.on('close', () => left?.());
      const bytes = wrongServer({ token, stream, rank }, request);
      setImmediate(() =>
        request.includes('control ') && rank % 3 === 2 ? undefined : socket.end()
      );
      return bytes;
    });
    const dialled = async (): Promise<void> => {
      thrower();
      const gone = new Promise<void>(resolve => {
        // The last one of the link's sockets.
        let sockets = rank % 3 === 2 ? 2 : 1;
        left = () => (--sockets === 0 ? resolve() : undefined);
      });
      await target.ask('dial', rank);
      await gone;
    };
    await checkGood();
    let memory: number | undefined;
    for (let done = 0; done < count;) {
      const some = Array.from({ length: AT_A_TIME }, () => pick(stream, kinds)());
      await Promise.all(some);
      for (let k = 0; k < AT_A_TIME / 4; k++) await dialled();
      done += AT_A_TIME * 1.25;
      // The first quarter warms up: compiled code, pools.
      if (memory === undefined && done >= count / 4) ({ memory } = await target.heard());
    }
    await checkGood();
    const heard = await target.heard();
    expect(heard.memory - memory!).toBeLessThan(MAX_GROWTH);
    // Announcements of stage 2 are all that came through, from ranks that have the token.
    const strangers = Object.keys(heard.arrivals).filter(
      from => Number(from) !== 1 && Number(from) % 3 !== 2
    );
    expect(strangers).toEqual([]);
    expect(heard.refused).toBeGreaterThan(count / 20);
  } finally {
    server?.close();
    target.stop();
    peers.stop();
  }
}
