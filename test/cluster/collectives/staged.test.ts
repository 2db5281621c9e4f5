/** Stops of devices' values in link memory: pages of their own, pinned once, used again when nobody uses them any more. */
import { describe, expect, it } from 'vitest';
import {
  createMemory,
  LinkMemory
} from '../../../kernel-runtime/src/cluster/collectives/link-memory.js';
import { StagingBlocks } from '../../../kernel-runtime/src/cluster/collectives/staged.js';

const PAGE = 4096;

function blocks(): { staging: StagingBlocks; memory: LinkMemory } {
  const memory = new LinkMemory(createMemory());
  return { memory, staging: new StagingBlocks(memory) };
}

describe('A stop in link memory', () => {
  it('has whole pages for itself', () => {
    const { staging, memory } = blocks();
    memory.allocate(64);
    const call = staging.open();
    const [a, b] = [call.take('float64', 10)!, call.take('float32', 1025)!];
    for (const { byteOffset } of [a, b]) expect(byteOffset % PAGE).toBe(0);
    expect(Math.abs(a.byteOffset - b.byteOffset)).toBeGreaterThanOrEqual(PAGE);
    const next = memory.allocate(64);
    for (const { byteOffset, byteLength } of [a, b]) {
      const end = Math.ceil((byteOffset + byteLength) / PAGE) * PAGE;
      expect(next + 64 <= byteOffset || next >= end).toBe(true);
    }
  });

  it('serves another call only when the caller, the links and the device have done with it', async () => {
    const { staging } = blocks();
    const call = staging.open();
    const { byteOffset } = call.take('float64', 1000)!;
    const isFree = (): boolean => staging.open().take('float64', 1000)!.byteOffset === byteOffset;
    let read = (): void => undefined;
    call.enter();
    call.until(new Promise<void>(resolve => (read = resolve)));
    call.leave();
    expect(isFree()).toBe(false);
    call.leave();
    expect(isFree()).toBe(false);
    read();
    await Promise.resolve();
    await Promise.resolve();
    expect(isFree()).toBe(true);
  });

  it('is pinned once, and so is that of its result', () => {
    const { staging } = blocks();
    const pinned: number[] = [];
    const pin = ({ byteOffset, byteLength }: Uint8Array): boolean => {
      expect([byteOffset % PAGE, byteLength % PAGE]).toEqual([0, 0]);
      return pinned.push(byteOffset) > 0;
    };
    for (let k = 0; k < 3; k++) {
      const call = staging.open();
      const stop = call.take('float32', 5000, pin)!;
      expect(call.like(stop)?.length).toBe(5000);
      call.leave();
    }
    expect(new Set(pinned).size).toBe(2);
    expect(pinned).toHaveLength(2);
  });

  it.each<[string, number, boolean]>([
    ['serves one that needs half of it', 512 * PAGE, true],
    ['is not spent on one that needs less', 100 * PAGE, false]
  ])('%s', (_, bytes, isSame) => {
    const { staging } = blocks();
    const first = staging.open();
    const { byteOffset } = first.take('float64', (1024 * PAGE) / 8)!;
    first.leave();
    expect(staging.open().take('float64', bytes / 8)!.byteOffset === byteOffset).toBe(isSame);
  });

  it('is not there when link memory is full', () => {
    const { staging } = blocks();
    expect(staging.open().take('float64', 2 ** 29)).toBeUndefined();
  });
});
