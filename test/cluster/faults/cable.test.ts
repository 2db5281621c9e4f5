/** A cable that is cut between two hosts: silence, which no socket reports. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { titleWith } from '../../helpers/lab.js';
import { LinkProcess } from '../net/link-process.js';
import { Hosts, whyNoHosts } from './hosts.js';

const SILENCE_LIMIT_MS = 1_000;
/** Ranks 0 and 2 are on one host, rank 1 on the other. */
const HOST_OF = [0, 1, 0] as const;
const FIRST_PORT = 7_100;
const whyNot = whyNoHosts();

describe.skipIf(whyNot)(titleWith('a cable', whyNot), () => {
  let hosts: Hosts;
  let ranks: LinkProcess[];

  beforeAll(async () => {
    hosts = new Hosts(2);
    const token = 'ab'.repeat(32);
    const addresses = Object.fromEntries(
      HOST_OF.map((host, rank) => [rank, { host: hosts.addresses[host], port: FIRST_PORT + rank }])
    );
    const start = (rank: number): Promise<LinkProcess> =>
      LinkProcess.start(
        { rank, size: HOST_OF.length, token, addresses, silenceLimit: SILENCE_LIMIT_MS },
        hosts.command(HOST_OF[rank])
      );
    ranks = await Promise.all(HOST_OF.map((_, rank) => start(rank)));
  });
  afterAll(() => {
    for (const rank of ranks ?? []) rank.stop();
    hosts?.remove();
  });

  const arrivalsAt = async (rank: number, from: number): Promise<number> =>
    (await ranks[rank].heard()).arrivals[from] ?? 0;

  /** Sends a message; resolves when it is there. */
  async function pass(from: number, to: number): Promise<void> {
    const before = await arrivalsAt(to, from);
    await ranks[from].ask('send', { to, length: 100 });
    await expect.poll(() => arrivalsAt(to, from)).toBe(before + 1);
  }

  it('that is whole carries messages both ways', async () => {
    await pass(0, 1);
    await pass(1, 0);
    await pass(0, 2);
  });

  it('that is cut is found at both ends, and disturbs nobody else', async () => {
    hosts.cut(0);
    const lost = (rank: number) => async () => (await ranks[rank].heard()).lost;
    await expect.poll(lost(0)).toBe(1);
    await expect.poll(lost(1)).toBe(1);
    for (const rank of [0, 1])
      expect(Object.keys((await ranks[rank].heard()).causes).join()).toMatch(
        /^nothing was heard of it for/
      );
    await pass(2, 0);
    expect((await ranks[2].heard()).lost).toBe(0);
  });

  it('that is mended carries messages again', async () => {
    hosts.mend(0);
    // The hosts may look for each other's card for longer than a message may wait for its link.
    for (const [rank, other] of [
      [0, 1],
      [1, 0]
    ])
      await expect.poll(async () => (await ranks[rank].heard()).reached[other]).toBe(1);
    await pass(1, 0);
    await pass(0, 1);
  });
});
