/** Deadlines of silence, with a clock that the test turns. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';

import { Silence } from '../../../kernel-runtime/src/cluster/net/silence.js';
import { privateFolder, socketAddress } from '../../../kernel-runtime/src/platform.js';

const LIMIT = 5_000;
const LOOK = 1_000;
let clock: number;
let told: string[];
let silence: Silence<string>;

beforeEach(() => {
  clock = 0;
  told = [];
  silence = new Silence({
    limit: LIMIT,
    now: () => clock,
    onSilent: (peer, elapsed) => told.push(`${peer} silent for ${elapsed}`),
    onHeard: peer => told.push(`${peer} heard`)
  });
});

/** Lets time pass with the usual looks; `heard` says who gives a sign of life before each. */
function pass(milliseconds: number, ...heard: string[]): void {
  for (let t = 0; t < milliseconds; t += LOOK) {
    clock += LOOK;
    for (const peer of heard) silence.heard(peer);
    silence.look();
  }
}

describe('a peer', () => {
  it('that says nothing is silent within the limit, once; one that is heard is not', () => {
    silence.heard('a');
    silence.heard('b');
    pass(3_000, 'b');
    expect(told).toEqual([]);
    pass(20_000, 'b');
    expect(told).toEqual(['a silent for 4000']);
    expect(silence.isSilent('a')).toBe(true);
    expect(silence.isSilent('b')).toBe(false);
  });

  it('that is heard again is told, and may become silent again', () => {
    silence.heard('a');
    pass(6_000);
    silence.heard('a');
    silence.heard('a');
    pass(5_000);
    expect(told).toEqual(['a silent for 4000', 'a heard', 'a silent for 4000']);
  });

  it('that was never heard, or is forgotten, is not waited for', () => {
    silence.heard('a');
    silence.forget('a');
    pass(20_000);
    expect(told).toEqual([]);
  });
});

it('a peer that is excused gets another limit; later it may be silent after all', () => {
  let isExcused = true;
  silence = new Silence<string>({
    limit: LIMIT,
    now: () => clock,
    isExcused: () => isExcused,
    onSilent: (peer, elapsed) => told.push(`${peer} silent for ${elapsed}`)
  });
  silence.heard('a');
  pass(7_000);
  expect(silence.isSilent('a')).toBe(false);
  isExcused = false;
  pass(3_000);
  expect(told).toEqual(['a silent for 4000']);
});

describe('a clock of our own that jumps', () => {
  it('begins the deadlines anew: who slept cannot call others silent', () => {
    silence.heard('a');
    pass(3_000);
    clock += 8 * 3_600_000;
    silence.look();
    pass(3_000);
    expect(told).toEqual([]);
    pass(1_000);
    expect(told).toEqual(['a silent for 4000']);
  });

  it('does not make a silent peer heard', () => {
    silence.heard('a');
    pass(5_000);
    clock += 60_000;
    silence.look();
    expect(silence.isSilent('a')).toBe(true);
    expect(told).toHaveLength(1);
  });

  it('a little is no jump', () => {
    silence.heard('a');
    clock += LIMIT / 2;
    silence.look();
    clock += LIMIT / 2;
    silence.look();
    expect(told).toEqual(['a silent for 5000']);
  });
});

it('a sign of life that came while this process was late counts before anybody is called silent', async () => {
  const folder = privateFolder('decentlab-test-');
  const server = createServer().listen(socketAddress(folder, 'a'));
  const [[near], far] = await Promise.all([
    once(server, 'connection') as Promise<[Socket]>,
    Promise.resolve(connect(socketAddress(folder, 'a')))
  ]);
  const limit = 100;
  const onSilent = (peer: string): unknown => told.push(peer);
  silence = new Silence<string>({ limit, now: () => clock, onSilent }).watch();
  near.on('data', () => silence.heard('a'));
  silence.heard('a');
  clock = 0.4 * limit;
  silence.look();
  far.write('alive');
  clock = 0.8 * limit;
  // Until the next look is due.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, limit);
  await once(near, 'data');
  await setImmediate();
  expect(told).toEqual([]);
  silence.close();
  far.destroy();
  server.close();
  rmSync(folder, { recursive: true });
});
