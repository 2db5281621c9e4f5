import { describe, expect, it } from 'vitest';

import { Landings } from '../../../kernel-runtime/src/cluster/net/links/landings.js';
import type { Head } from '../../../kernel-runtime/src/cluster/protocol/head.js';
import { landingIn } from './link-peers.js';

const chunk = (given: Partial<Head>): Head => ({
  kind: 'chunk',
  stream: 0,
  sender: 1,
  epoch: 2,
  sequence: 4,
  era: 0,
  number: 0,
  words: 0,
  length: 100,
  ...given
});

/** Message 4, of 500 bytes, of which 300 were granted and 100 have come. */
function begun(): { landings: Landings; memory: Uint8Array; releases: boolean[] } {
  const landings = new Landings();
  const memory = new Uint8Array(500);
  const releases: boolean[] = [];
  landings.cancelBefore(2);
  const landing = landingIn(memory, isWhole => releases.push(isWhole));
  landings.add(4, { length: 500, limit: 300, landing });
  arrive(landings, chunk({}));
  return { landings, memory, releases };
}

function arrive(landings: Landings, head: Head): void {
  landings.onHead(head);
  landings.place(0).fill(7, 0, head.length);
  landings.onArrived(head.length);
  landings.onEnd();
}

describe('payloads that were granted', () => {
  it.each<[string, Partial<Head>]>([
    ['another kind', { kind: 'message', number: 1 }],
    ['nothing', { number: 1, length: 0 }],
    ['a chunk that has come before', { number: 0 }],
    ['a chunk too early', { number: 2 }],
    ['more than was granted', { number: 1, length: 201 }],
    ['another message', { sequence: 5, number: 0 }],
    ['another message of a later epoch', { sequence: 5, epoch: 3, number: 0 }]
  ])('refuse %s', (_, head) => {
    const { landings } = begun();
    expect(() => landings.onHead(chunk(head))).toThrow(
      expect.objectContaining({ code: 'FRAME_INVALID' })
    );
  });

  it('take what was granted, and the rest when it is', () => {
    const { landings, memory, releases } = begun();
    arrive(landings, chunk({ number: 1, length: 200 }));
    expect(landings.extend(4, 500)).toBe(true);
    arrive(landings, chunk({ number: 2, length: 200 }));
    expect(memory.every(byte => byte === 7)).toBe(true);
    expect(releases).toEqual([true]);
    expect(landings.extend(4, 500)).toBe(false);
  });

  it('throw away what belongs to an older epoch', () => {
    const { landings, memory, releases } = begun();
    landings.cancelBefore(3);
    expect(releases).toEqual([false]);
    arrive(landings, chunk({ number: 1 }));
    arrive(landings, chunk({ sequence: 99, epoch: 0 }));
    expect(memory[100]).toBe(0);
  });

  it('free memory that the system may still write to only when it cannot any more', () => {
    const { landings, releases } = begun();
    landings.onHead(chunk({ number: 1 }));
    landings.place(0);
    landings.cancel(4);
    expect(releases).toEqual([]);
    landings.onArrived(50);
    expect(releases).toEqual([false]);
    const drain = landings.place(50);
    expect(drain.length).toBeGreaterThan(1000);
  });

  it('are free when the socket has ended', () => {
    const { landings, releases } = begun();
    landings.onHead(chunk({ number: 1 }));
    landings.place(0);
    landings.close();
    expect(releases).toEqual([false]);
  });
});
