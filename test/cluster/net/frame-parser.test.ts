import { describe, expect, it } from 'vitest';

import { FrameParser } from '../../../kernel-runtime/src/cluster/net/links/frame-parser.js';
import { encodeHead, type Head } from '../../../kernel-runtime/src/cluster/protocol/head.js';
import { patterned } from './link-peers.js';

/** What a parser has told, with the payloads in one memory each. */
class Heard {
  readonly heads: Head[] = [];
  readonly payloads: Buffer[] = [];
  readonly ends: number[] = [];
  readonly parser: FrameParser;
  control = Buffer.alloc(0);
  #payload = Buffer.alloc(0);

  constructor() {
    this.parser = new FrameParser({
      onControl: bytes => (this.control = Buffer.concat([this.control, bytes])),
      onHead: head => {
        this.heads.push(head);
        this.#payload = Buffer.alloc(head.length);
      },
      place: offset => this.#payload.subarray(offset),
      onArrived: offset => void this.ends.push(offset),
      onEnd: () => void this.payloads.push(this.#payload)
    });
  }

  isTwice(payload: Buffer): boolean {
    return this.payloads.length === 2 && this.payloads.every(bytes => bytes.equals(payload));
  }

  /** As a socket would: the system reads pieces of these sizes into the memory that the parser names. */
  read(stream: Buffer, sizes: (at: number) => number): this {
    for (let at = 0; at < stream.length;) {
      const target = this.parser.next();
      const count = Math.min(target.length, sizes(at), stream.length - at);
      target.set(stream.subarray(at, at + count));
      this.parser.read(count);
      at += count;
    }
    return this;
  }
}

/** A frame as a server sends it. */
function frame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  const header = Buffer.alloc(length > 65_535 ? 10 : length > 125 ? 4 : 2);
  header[0] = first;
  header[1] = header.length === 10 ? 127 : header.length === 4 ? 126 : length;
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

const BINARY = 0x02;
const CONTINUATION = 0x00;
const FINAL = 0x80;
const PING = 0x89;

const head = (length: number, given: Partial<Head> = {}): Buffer =>
  encodeHead({ kind: 'chunk', sender: 1, sequence: 7, length, ...given });

const payload = patterned(300);
const inOneFrame = frame(FINAL | BINARY, Buffer.concat([head(300), payload]));
const asWeSendIt = Buffer.concat([frame(BINARY, head(300)), frame(FINAL | CONTINUATION, payload)]);
const inBits = Buffer.concat([
  frame(BINARY, head(300).subarray(0, 5)),
  frame(CONTINUATION, Buffer.alloc(0)),
  frame(PING, Buffer.from('between')),
  frame(CONTINUATION, Buffer.concat([head(300).subarray(5), payload.subarray(0, 1)])),
  frame(CONTINUATION, payload.subarray(1, 200)),
  frame(FINAL | CONTINUATION, payload.subarray(200))
]);

describe('the frames of a server', () => {
  const messages = { inOneFrame, asWeSendIt, inBits };

  it.each(Object.entries(messages))('are read whole, split at every byte: %s', (_, stream) => {
    const twice = Buffer.concat([stream, stream]);
    for (let split = 0; split <= twice.length; split++) {
      const heard = new Heard().read(twice, at => (at < split ? split - at : Infinity));
      expect(heard.isTwice(payload), `split at ${split}`).toBe(true);
    }
    expect(new Heard().read(twice, () => 1).payloads).toEqual([payload, payload]);
  });

  it.each(Object.entries(messages))('may come along with other bytes: %s', (_, stream) => {
    const heard = new Heard();
    heard.parser.feed(Buffer.concat([stream, stream.subarray(0, 40)]));
    heard.read(stream.subarray(40), () => Infinity);
    expect(heard.payloads).toEqual([payload, payload]);
  });

  it('copies hardly a byte: payloads are read in place', () => {
    const large = patterned(1 << 20);
    const stream = Buffer.concat([frame(BINARY, head(1 << 20)), frame(FINAL, large)]);
    const heard = new Heard().read(stream, () => 200_000);
    expect(heard.payloads[0].equals(large)).toBe(true);
    expect(heard.ends.length).toBeLessThanOrEqual(7);
  });

  it('hands control frames on, byte by byte', () => {
    const stream = Buffer.concat([frame(PING, Buffer.from('hello')), frame(0x88, Buffer.alloc(2))]);
    expect(new Heard().read(stream, () => 1).control).toEqual(stream);
  });

  it.each<[string, Buffer]>([
    ['text', frame(FINAL | 1, head(0))],
    ['an unknown opcode', frame(FINAL | 3, Buffer.alloc(0))],
    ['reserved bits', frame(FINAL | 0x40 | BINARY, head(0))],
    ['a mask', Buffer.from([FINAL | BINARY, 0x80 | 32])],
    ['the continuation of nothing', frame(FINAL | CONTINUATION, head(0))],
    [
      'a message inside of another',
      Buffer.concat([frame(BINARY, head(9)), frame(FINAL | BINARY, head(0))])
    ],
    ['a long ping', frame(PING, Buffer.alloc(126))],
    ['a ping in parts', frame(PING & ~FINAL, Buffer.alloc(1))],
    ['no head', frame(FINAL | BINARY, Buffer.alloc(31))],
    ['another beginning', frame(FINAL | BINARY, Buffer.alloc(32))],
    [
      'a head of an unknown kind',
      frame(
        FINAL | BINARY,
        changed(bytes => (bytes[4] = 7))
      )
    ],
    [
      'words beyond the last place',
      frame(
        FINAL | BINARY,
        changed(bytes => bytes.writeUInt16LE(1024, 24))
      )
    ],
    [
      'less payload than announced',
      frame(FINAL | BINARY, Buffer.concat([head(5), Buffer.alloc(4)]))
    ],
    [
      'more payload than announced',
      frame(FINAL | BINARY, Buffer.concat([head(3), Buffer.alloc(4)]))
    ],
    [
      'more in a later frame',
      Buffer.concat([frame(BINARY, head(3)), frame(FINAL, Buffer.alloc(4))])
    ],
    ['a chunk beyond the limit', frame(FINAL | BINARY, head((1 << 20) + 1))],
    ['a frame beyond the limit', Buffer.from([FINAL | BINARY, 127, 0, 0, 0, 0, 0, 0x10, 0, 0x21])],
    ['a frame beyond all sizes', Buffer.from([FINAL | BINARY, 127, 0, 0, 0, 1, 0, 0, 0, 0])]
  ])('are refused by name: %s', (_, stream) => {
    const refused = expect.objectContaining({ code: 'FRAME_INVALID' });
    expect(() => new Heard().read(stream, () => Infinity)).toThrow(refused);
    expect(() => new Heard().read(stream, () => 1)).toThrow(refused);
  });
});

function changed(change: (bytes: Buffer) => void): Buffer {
  const bytes = head(0);
  change(bytes);
  return bytes;
}
