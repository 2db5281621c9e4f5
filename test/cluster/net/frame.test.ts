import { describe, expect, it } from 'vitest';
import {
  decodeFrame,
  encodeFrame,
  type Frame
} from '../../../kernel-runtime/src/cluster/protocol/frame.js';

const frame: Frame = {
  epoch: 3,
  era: 7,
  op: 'neighborAllreduce',
  signature: '{w: float64[3], n: int32[1]}',
  stream: '=0 höhe',
  arrays: [Float64Array.of(1, NaN, -0), Int32Array.of(5), new Float32Array(0)]
};

const changed = (change: (bytes: Buffer) => void): Buffer => {
  const bytes = encodeFrame(frame);
  change(bytes);
  return bytes;
};

/** A frame whose description is this text. */
const described = (text: string): Buffer => {
  const bytes = Buffer.alloc(32 + Math.ceil(text.length / 8) * 8);
  encodeFrame({ ...frame, arrays: [] }).copy(bytes, 0, 0, 32);
  bytes.writeUInt32LE(text.length, 8);
  bytes.writeDoubleLE(0, 16);
  bytes.write(text, 32);
  return bytes;
};

describe('a tensor frame', () => {
  it('comes back as it was, types and bits', () => {
    const back = decodeFrame(encodeFrame(frame));
    expect(back).toEqual(frame);
    expect(Object.is(back.arrays[0][2], -0)).toBe(true);
  });

  it('comes back from any place in memory', () => {
    const bytes = encodeFrame(frame);
    const shifted = Buffer.alloc(bytes.length + 3);
    bytes.copy(shifted, 3);
    expect(decodeFrame(shifted.subarray(3))).toEqual(frame);
  });

  it('keeps no memory of what it was made from, nor of what it was read from', () => {
    const x = Float64Array.of(1);
    const bytes = encodeFrame({ ...frame, arrays: [x] });
    x[0] = 2;
    const back = decodeFrame(bytes);
    bytes.fill(0);
    expect(back.arrays[0][0]).toBe(1);
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['less than a header', encodeFrame(frame).subarray(0, 31)],
    ['another beginning', changed(bytes => bytes.writeUInt32LE(1, 0))],
    ['a missing end', encodeFrame(frame).subarray(0, -8)],
    ['bytes too many', Buffer.concat([encodeFrame(frame), Buffer.alloc(8)])],
    ['a description longer than the frame', changed(bytes => bytes.writeUInt32LE(2 ** 31, 8))],
    ['a payload of NaN bytes', changed(bytes => bytes.writeDoubleLE(NaN, 16))],
    ['a negative payload', changed(bytes => bytes.writeDoubleLE(-8, 16))],
    ['a payload larger than memory', changed(bytes => bytes.writeDoubleLE(2 ** 60, 16))],
    ['a description that is no JSON', described('{"op":')],
    ['a description of another kind', described('[1,2]')],
    ['arrays that the payload does not hold', described(description([['float64', 1e12]]))],
    ['arrays of a negative length', described(description([['float64', -1]]))],
    ['arrays of half a number', described(description([['float64', 0.5]]))],
    ['arrays of another type', described(description([['constructor', 0]]))],
    ['arrays that sum up to less than nothing', described(description([['float64', 8, 1]]))]
  ])('is refused by name: %s', (_, bytes) => {
    expect(() => decodeFrame(bytes)).toThrow(expect.objectContaining({ code: 'FRAME_INVALID' }));
  });
});

function description(arrays: unknown): string {
  return JSON.stringify({ op: 'a', signature: 'b', stream: 'c', arrays });
}
