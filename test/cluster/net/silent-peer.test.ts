import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import { AGAIN } from '../../helpers/busy-machine.js';
import { LinkPeers, message, patterned } from './link-peers.js';
import { LinkProcess } from './link-process.js';
import { handshake, hello } from './raw-peer.js';

const SILENCE_LIMIT = 500;
let peers: LinkPeers;
const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
  peers.stop();
});

/** Rank 0 here, and rank 1 in a process. */
async function withProcess(): Promise<LinkProcess> {
  peers = await LinkPeers.start(2, { silenceLimit: SILENCE_LIMIT });
  const [, b] = peers.all;
  b.links.close();
  const { token } = peers;
  const addresses = { 0: peers.address(0), 1: peers.address(1) };
  const process = await LinkProcess.start({ rank: 1, size: 2, token, addresses });
  ended.push(() => process.stop());
  return process;
}

describe('a peer that says nothing any more', () => {
  it('is lost when its process was stopped, and what waits for it ends', async () => {
    const process = await withProcess();
    const [a] = peers.all;
    await process.ask('send', { to: 0, length: 10 });
    await a.next();
    process.child.kill('SIGSTOP');
    const sent = a.links.send(1, message([patterned(1_000_000)]));
    await expect(sent).rejects.toMatchObject({ code: 'LINK_ENDED' });
    expect(a.lost).toMatchObject([{ rank: 1, isRefused: false }]);
    expect(a.lost[0].cause).toMatch(/^nothing was heard of it for/);
  });

  it('is not lost while it lives, idle as it may be', AGAIN, async () => {
    const process = await withProcess();
    const [a] = peers.all;
    await process.ask('send', { to: 0, length: 10 });
    await a.next();
    await new Promise(resolve => setTimeout(resolve, 3 * SILENCE_LIMIT));
    expect(a.lost).toEqual([]);
  });

  it('is lost when only the other half of its socket was open', async () => {
    peers = await LinkPeers.start(2, { silenceLimit: SILENCE_LIMIT });
    const [a] = peers.all;
    const socket: Socket = connect(peers.address(0));
    ended.push(() => socket.destroy());
    socket.write(handshake(hello(peers.token, 1)));
    socket.pause();
    await a.until(() => a.lost.length > 0);
    expect(a.lost[0].cause).toMatch(/^nothing was heard of it for/);
  });

  it('cannot make this end keep more than a chunk or two of what it does not read', async () => {
    const process = await withProcess();
    const [a] = peers.all;
    await process.ask('send', { to: 0, length: 10 });
    await a.next();
    const before = global.process.memoryUsage().external;
    const payload = patterned(30_000_000);
    const sent = Array.from({ length: 10 }, async () => a.links.send(1, message([payload])));
    const landed = new Promise(resolve => process.child.on('message', resolve));
    await landed;
    process.child.kill('SIGSTOP');
    const ends = await Promise.allSettled(sent);
    expect(ends.some(({ status }) => status === 'rejected')).toBe(true);
    const kept = global.process.memoryUsage().external - before;
    // The payload itself, and what lies with the sockets.
    expect(kept).toBeLessThan(40_000_000);
  });
});
