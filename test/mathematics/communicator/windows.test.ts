/** The memory and rules of windows, with messages that this test delivers in any order it likes. */
import { describe, expect, it } from 'vitest';
import type { Neighbourhood } from '../../../kernel-runtime/src/mathematics/communicator/weights.js';
import { WindowHost } from '../../../kernel-runtime/src/mathematics/communicator/windows/host.js';
import type { WindowMessage } from '../../../kernel-runtime/src/mathematics/communicator/windows/messages.js';
import { FairMutex } from '../../../kernel-runtime/src/mathematics/communicator/windows/mutex.js';
import { Window } from '../../../kernel-runtime/src/mathematics/communicator/windows/window.js';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';

const near = (rank: number, size: number): Neighbourhood => {
  const others = Array.from({ length: size }, (_, k) => k).filter(k => k !== rank);
  const weights = others.map(() => 1 / size);
  return { rank, size, selfWeight: 1 / size, sources: others, weights, destinations: others };
};

interface Letter {
  readonly from: number;
  readonly to: number;
  readonly message: WindowMessage;
}

/** Hosts of a full graph, whose messages lie in the post until `deliver`. */
class Post {
  readonly hosts: WindowHost[];
  readonly letters: Letter[] = [];

  constructor(size: number, x = (rank: number): number => rank) {
    this.hosts = Array.from({ length: size }, (_, rank) => {
      const send = (to: number, message: WindowMessage): void =>
        void this.letters.push({ from: rank, to, message });
      const host = new WindowHost({ rank, peers: { send } });
      const making = { name: 'w', creation: '0', signature: 'x', near: near(rank, size) };
      host.create({ ...making, datas: [Float64Array.of(x(rank))], zeroInit: true });
      host.countP(true);
      return host;
    });
  }

  /** One letter of the post; those of one pair of ranks stay in order. */
  deliver(pick: (length: number) => number = () => 0): void {
    const chosen = this.letters[pick(this.letters.length)];
    const first = this.letters.findIndex(
      ({ from, to }) => from === chosen.from && to === chosen.to
    );
    const [{ from, to, message }] = this.letters.splice(first, 1);
    this.hosts[to].receive(from, message);
  }

  deliverAll(): void {
    while (this.letters.length > 0) this.deliver();
  }
}

const value = (x: number): { signature: string; datas: Float64Array[] } => ({
  signature: 'x',
  datas: [Float64Array.of(x)]
});

describe('the sums over ranks, slots and messages under way', () => {
  it.each([2, 3, 5, 8])('never change, at no moment, of %i ranks in any order', async size => {
    const chance = random(7, size);
    const post = new Post(size, rank => 2 ** 10 * rank);
    const owns = Array.from({ length: size }, (_, rank) => 2 ** 10 * rank);
    const expected = owns.reduce((sum, x) => sum + x, 0);
    for (let step = 0; step < 300; step++) {
      const rank = chance.integer(size);
      const host = post.hosts[rank];
      const action = chance.integer(4);
      if (action === 0) {
        const to = near(rank, size).destinations[chance.integer(size - 1)];
        const options = { selfWeight: 0.5, dstWeights: { [to]: 0.5 } };
        void host.write('accumulate', 'w', { value: value(owns[rank]), options });
        owns[rank] /= 2;
      } else if (action === 1) {
        const [[x]] = await host.update('w', { collect: true });
        owns[rank] = x;
      } else if (post.letters.length > 0) {
        post.deliver(length => chance.integer(length));
      }
      expect(massOf(post, owns)).toEqual({ x: expected, p: size });
    }
    // Accumulating has not been idle.
    expect(new Set(owns).size).toBeGreaterThan(1);
  });
});

function massOf({ hosts, letters }: Post, owns: readonly number[]): { x: number; p: number } {
  const mass = { x: 0, p: 0 };
  hosts.forEach((host, rank) => {
    const window = host.window('w');
    expect(window.own[0][0]).toBe(owns[rank]);
    mass.x += owns[rank];
    mass.p += window.p;
    for (const { datas, p } of window.slots.values()) {
      mass.x += datas[0][0];
      mass.p += p;
    }
  });
  for (const { message } of letters) {
    if (message.kind !== 'accumulate') continue;
    mass.x += message.datas[0][0];
    mass.p += message.p!;
  }
  return mass;
}

describe('a window', () => {
  it('writes nothing over what is on its way', async () => {
    const post = new Post(2);
    const written = post.hosts[0].write('put', 'w', { value: value(5), options: {} });
    post.hosts[0].write('put', 'w', { value: value(6), options: {} }).catch(() => undefined);
    await post.hosts[0].update('w', { collect: true });
    post.deliver();
    expect((await post.hosts[1].update('w', { collect: true }))[0]).toEqual(Float64Array.of(6));
    post.deliverAll();
    await written;
  });

  it('refuses a late write for an earlier window of the same name', async () => {
    const post = new Post(2);
    const late = post.hosts[0].write('put', 'w', { value: value(5), options: {} });
    const making = { name: 'w', creation: '1', signature: 'x', zeroInit: true };
    for (const [rank, host] of post.hosts.entries()) {
      host.free('w');
      host.create({ ...making, near: near(rank, 2), datas: [Float64Array.of(1)] });
    }
    post.deliverAll();
    await expect(late).rejects.toMatchObject({ code: 'WINDOW_MISSING' });
    expect((await post.hosts[1].update('w', { collect: true }))[0]).toEqual(Float64Array.of(1));
  });

  it.each<[string, Partial<WindowMessage> & object, string]>([
    ['of another length', { datas: [new Float64Array(2)] }, 'SHAPE_MISMATCH'],
    ['of another type', { datas: [new Float32Array(1)] }, 'SHAPE_MISMATCH'],
    ['of more arrays', { datas: [new Float64Array(1), new Float64Array(1)] }, 'SHAPE_MISMATCH'],
    ['to a window that is none', { window: 'v' }, 'WINDOW_MISSING']
  ])('lets no peer write a value %s', async (_, wrong, code) => {
    const post = new Post(2);
    const put = { kind: 'put', id: 1, window: 'w', creation: '0', requireMutex: false } as const;
    const message = { ...put, datas: [Float64Array.of(9)], ...wrong } as WindowMessage;
    post.hosts[1].receive(0, message);
    expect(post.letters).toMatchObject([{ to: 0, message: { kind: 'refusal', id: 1, code } }]);
    expect((await post.hosts[1].update('w', { collect: true }))[0]).toEqual(Float64Array.of(1));
  });

  it('lets only in-neighbours write', () => {
    const making = { name: 'w', creation: '0', signature: 'x', zeroInit: true };
    const sent: WindowMessage[] = [];
    const peers = { send: (_: number, message: WindowMessage) => void sent.push(message) };
    const host = new WindowHost({ rank: 0, peers });
    const ring = { ...near(0, 3), sources: [1], weights: [0.5], destinations: [2] };
    host.create({ ...making, near: ring, datas: [Float64Array.of(1)] });
    const put = { kind: 'put', id: 4, window: 'w', creation: '0', requireMutex: false } as const;
    host.receive(2, { ...put, datas: [Float64Array.of(9)] });
    expect(sent).toMatchObject([{ kind: 'refusal', id: 4, code: 'VALUE_INVALID' }]);
  });

  it('fails calls to a lost rank, before anything has changed, and keeps what it wrote', async () => {
    const post = new Post(3);
    const early = post.hosts[2].write('put', 'w', { value: value(7), options: {} });
    post.deliverAll();
    await early;
    const pending = post.hosts[0].write('put', 'w', { value: value(1), options: {} });
    post.hosts[0].loseRank(2);
    post.deliverAll();
    await expect(pending).rejects.toMatchObject({ code: 'PEER_LOST', detail: { rank: 2 } });
    const next = post.hosts[0].write('put', 'w', { value: value(50), options: {} });
    await expect(next).rejects.toMatchObject({ code: 'PEER_LOST' });
    const [[own]] = await post.hosts[0].update('w', { selfWeight: 1, neighborWeights: {} });
    const [[slot]] = await post.hosts[0].update('w', { selfWeight: 0, neighborWeights: { 2: 1 } });
    expect([own, slot]).toEqual([1, 7]);
  });

  it('waits for no arrival when all who may write are lost, but for those that are here', async () => {
    const post = new Post(3);
    const early = post.hosts[2].write('put', 'w', { value: value(7), options: {} });
    post.deliverAll();
    await early;
    for (const rank of [1, 2]) post.hosts[0].loseRank(rank);
    await post.hosts[0].arrival('w', {});
    await post.hosts[0].update('w', { collect: true });
    await expect(post.hosts[0].arrival('w', {})).rejects.toMatchObject({
      code: 'PEER_LOST',
      detail: { rank: 1 }
    });
  });

  it('passes the mutexes of a lost rank on, those it held and those it asked for', async () => {
    const post = new Post(4);
    const lock = (rank: number): Promise<number> => post.hosts[rank].lock('w', { ranks: [0] });
    const [first, second, third] = [2, 3, 1].map(lock);
    post.deliverAll();
    await first;
    post.hosts[0].loseRank(3);
    post.hosts[0].loseRank(2);
    post.deliverAll();
    await third;
    second.catch(() => undefined);
  });

  it('sums in the order of the ranks, whoever wrote first', () => {
    const datas = [0.1, 0.2, 0.3, 0.7].map(x => [Float64Array.of(x)]);
    const weights = [1, 2, 3].map(rank => [rank, 1] as const);
    const sums = [
      [1, 2, 3],
      [3, 1, 2],
      [2, 3, 1]
    ].map(order => {
      const making = { name: 'w', creation: '0', signature: 'x', near: near(0, 4) };
      const window = new Window({ ...making, datas: datas[0], zeroInit: true });
      for (const rank of order) window.put(rank, { datas: datas[rank] });
      const sum = { selfWeight: 1, weights, reset: false, clone: false, countsP: false };
      return window.update(sum)[0][0];
    });
    expect(sums).toEqual([1, 2, 3].map(() => 0.1 + 0.2 + 0.3 + 0.7));
  });
});

describe('a mutex', () => {
  const asked = (mutex: FairMutex, order: string[], who: string, rank: number, id: number): void =>
    mutex.lock({
      rank,
      id,
      granted: () => void order.push(who),
      refused: () => void order.push(`${who} refused`)
    });

  it('goes to those who asked first, and passes over those who are gone', () => {
    const [mutex, order] = [new FairMutex(), [] as string[]];
    for (const [k, who] of ['a', 'b', 'c', 'd', 'e'].entries()) asked(mutex, order, who, k, 10 + k);
    expect(order).toEqual(['a']);
    mutex.release({ rank: 1, id: 11 });
    mutex.leave(2);
    expect(order).toEqual(['a']);
    mutex.release({ rank: 0, id: 10 });
    expect(order).toEqual(['a', 'd']);
    mutex.release({ rank: 0, id: 10 });
    expect(order).toEqual(['a', 'd']);
    mutex.leave(3);
    expect(order).toEqual(['a', 'd', 'e']);
  });

  it('lets two calls of one rank wait for each other, but not its other operations', () => {
    const [mutex, order] = [new FairMutex(), [] as string[]];
    asked(mutex, order, 'first', 0, 1);
    asked(mutex, order, 'second', 0, 2);
    const pass = (rank: number, who: string): void =>
      mutex.pass({ rank, id: 3, granted: () => void order.push(who), refused: () => undefined });
    pass(0, 'own write');
    pass(1, 'write of another');
    expect(order).toEqual(['first', 'own write']);
    mutex.release({ rank: 0, id: 1 });
    mutex.release({ rank: 0, id: 2 });
    expect(order).toEqual(['first', 'own write', 'second', 'write of another']);
    asked(mutex, order, 'third', 2, 9);
    expect(order.at(-1)).toBe('third');
  });

  it('refuses those who wait when its window is freed', () => {
    const [mutex, order] = [new FairMutex(), [] as string[]];
    asked(mutex, order, 'a', 0, 1);
    asked(mutex, order, 'b', 1, 1);
    mutex.close();
    expect(order).toEqual(['a', 'b refused']);
  });
});
