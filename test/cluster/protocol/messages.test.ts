/** Messages at the door: those of the protocol pass unchanged, all others are refused. */
import { describe, expect, it } from 'vitest';

import {
  isFromClient,
  isToClient
} from '../../../kernel-runtime/src/cluster/protocol/client-messages.js';
import {
  decodeMessage,
  encodeMessage
} from '../../../kernel-runtime/src/cluster/protocol/codec.js';
import type { Check } from '../../../kernel-runtime/src/cluster/protocol/checks.js';
import {
  isFromEngine,
  isToEngine
} from '../../../kernel-runtime/src/cluster/protocol/engine-messages.js';

const bytes = Buffer.of(1, 2, 3);
const error = { name: 'TypeError', message: 'no', traceback: ['TypeError: no'] };
const state = {
  id: 'a',
  name: null,
  size: 1,
  epoch: 0,
  cwd: '/',
  startedAt: '2026-01-01',
  engines: [{ rank: 0, pid: 1, state: 'idle' }],
  absent: []
};
const topology = { name: 'ring', rows: [{ selfWeight: 0.5, sources: [1], weights: [0.5] }] };
const file = { file: 'value-12-3', sizes: [8, 4096] };
const task = { kind: 'execute', cell: { name: 'cell 1', js: '1' } };
const output = { type: 'stream', name: 'stdout', text: 'hi' };
const display = { type: 'display', data: { 'text/html': '<b>' }, update: true };

const messages: [string, Check, object][] = [
  ['client', isFromClient, { type: 'hello', role: 'client' }],
  ['client', isFromClient, { type: 'task', request: 1, ranks: [0], task }],
  [
    'client',
    isFromClient,
    { type: 'task', request: 1, ranks: [], task: { kind: 'push', values: { parts: [bytes] } } }
  ],
  [
    'client',
    isFromClient,
    { type: 'task', request: 1, ranks: [0], task: { kind: 'pull', names: ['x'] } }
  ],
  [
    'client',
    isFromClient,
    { type: 'task', request: 1, ranks: [0], task: { kind: 'apply', source: 'f', args: file } }
  ],
  ['client', isFromClient, { type: 'interrupt', ranks: [0, 1] }],
  ['client', isFromClient, { type: 'restart', request: 2, ranks: [1] }],
  ['client', isFromClient, { type: 'heal', request: 2 }],
  ['client', isFromClient, { type: 'stop' }],
  ['controller', isToClient, { type: 'state', state }],
  ['controller', isToClient, { type: 'output', request: 1, rank: 0, outputs: [output, display] }],
  ['controller', isToClient, { type: 'progress', request: 1, ranks: [0, 2], values: [file, null] }],
  [
    'controller',
    isToClient,
    { type: 'done', request: 1, replies: [{ status: 'ok' }, { status: 'error', error }] }
  ],
  ['controller', isToClient, { type: 'settled', request: 1, error }],
  ['controller', isToClient, { type: 'settled', request: 1, healed: { absent: [1], topology } }],
  ['controller', isToClient, { type: 'notice', text: 'slow', request: null }],
  ['controller', isToClient, { type: 'closed', reason: 'stopped' }],
  ['engine', isFromEngine, { type: 'hello', role: 'engine', rank: 0, pid: 7 }],
  ['engine', isFromEngine, { type: 'output', request: 1, outputs: [output] }],
  ['engine', isFromEngine, { type: 'reply', request: 1, reply: { status: 'ok' }, sent: [0, 2] }],
  [
    'engine',
    isFromEngine,
    {
      type: 'disagreement',
      request: null,
      epoch: 1,
      reason: { code: 'DISAGREEMENT', detail: { rank: 1 } }
    }
  ],
  ['engine', isFromEngine, { type: 'waiting', waiting: { op: 'barrier', on: [1], for: 10 } }],
  ['engine', isFromEngine, { type: 'topology', topology }],
  ['engine', isFromEngine, { type: 'peer-silent', rank: 1 }],
  ['controller to engine', isToEngine, { type: 'task', request: 1, task }],
  [
    'controller to engine',
    isToEngine,
    { type: 'epoch', epoch: 2, reason: null, lost: [1], silent: [], absent: [1] }
  ],
  ['controller to engine', isToEngine, { type: 'peer-lost', rank: 1, isSilent: false }],
  ['controller to engine', isToEngine, { type: 'peer-failed', rank: 1, error: 'no', sent: 3 }]
];

describe('a message', () => {
  it.each(messages)('of a %s passes unchanged: %#', (_, isExpected, message) => {
    expect(decodeMessage(encodeMessage(message), isExpected)).toEqual(message);
  });

  const required = messages.flatMap(([from, isExpected, message]) =>
    Object.keys(message)
      .filter(key => !['value', 'error', 'healed'].includes(key) || 'sent' in message)
      .map((key): [string, string, Check, object] => [from, key, isExpected, message])
  );

  it.each(required)('of a %s is refused without its "%s"', (_, key, isExpected, message) => {
    const rest = Object.fromEntries(Object.entries(message).filter(([name]) => name !== key));
    expect(() => decodeMessage(encodeMessage(rest), isExpected)).toThrow(
      /Expected a control message/
    );
  });

  it.each(required)('of a %s is refused with a wrong "%s"', (_, key, isExpected, message) => {
    const wrong = { ...message, [key]: { strange: true } };
    expect(() => decodeMessage(encodeMessage(wrong), isExpected)).toThrow(
      /Expected a control message/
    );
  });

  it.each<[string, unknown]>([
    ['a negative rank', { type: 'restart', request: 1, ranks: [-1] }],
    ['a rank that is no whole number', { type: 'restart', request: 1, ranks: [0.5] }],
    [
      'an unknown code',
      { type: 'disagreement', request: 1, epoch: 0, reason: { code: 'X', detail: {} } }
    ],
    ['a list', []],
    ['null', null],
    ['members of a prototype', Object.create({ type: 'stop' })]
  ])('with %s is refused', (_, message) => {
    const packed = encodeMessage(message as object);
    expect(() => decodeMessage(packed, isFromClient)).toThrow();
    expect(() => decodeMessage(packed, isFromEngine)).toThrow();
  });

  it.each<[string, object]>([
    ['a path as its file', { file: '../../etc/passwd', sizes: [1] }],
    ['an absolute file', { file: '/etc/passwd', sizes: [1] }],
    ['the file of something else', { file: 'controller.sock', sizes: [1] }],
    ['a path behind a good name', { file: 'value-1-1/../x', sizes: [1] }],
    ['a negative size', { file: 'value-1-1', sizes: [-1] }],
    ['no parts', { parts: [] }],
    ['text as a part', { parts: ['x'] }]
  ])('of a value with %s is refused', (_, value) => {
    const packed = encodeMessage({ type: 'progress', request: 1, ranks: [0], values: [value] });
    expect(() => decodeMessage(packed, isToClient)).toThrow(/Expected a control message/);
  });

  it('keeps bytes as a view of the frame', () => {
    const packed = encodeMessage({
      type: 'progress',
      request: 1,
      ranks: [0],
      values: [{ parts: [new Uint8Array(1e6)] }]
    });
    const { values } = decodeMessage(packed, isToClient) as unknown as {
      values: { parts: Uint8Array[] }[];
    };
    expect(values[0].parts[0].buffer).toBe(packed.buffer);
  });
});
