import { expect, it } from 'vitest';

import {
  packMessage,
  unpackMessage
} from '../../../kernel-runtime/src/cluster/collectives/windows/wire.js';
import type { WindowMessage } from '../../../kernel-runtime/src/mathematics/communicator/windows/messages.js';

const request = { id: 7, window: 'w', creation: '3.1', requireMutex: true };
const datas = [Float64Array.of(1, 2), Int32Array.of(3)];

it.each<[string, WindowMessage]>([
  ['a put', { kind: 'put', ...request, datas, p: 0.25 }],
  ['an accumulate without p', { kind: 'accumulate', ...request, datas, p: undefined }],
  ['a get', { kind: 'get', ...request, datas: [], p: undefined }],
  ['a lock', { kind: 'lock', ...request, requireMutex: false, datas: [], p: undefined }],
  ['a release', { kind: 'release', id: 7, window: 'w' }],
  ['an answer', { kind: 'answer', id: 7, datas }],
  ['a refusal', { kind: 'refusal', id: 7, code: 'WINDOW_MISSING', detail: { name: 'w' } }]
])('%s arrives as it was sent', (_, message) => {
  expect(unpackMessage(packMessage(message))).toEqual(message);
});

it.each([
  ['no JSON', '{'],
  ['no record', '[]'],
  ['null', 'null'],
  ['no kind', '{"id":1}'],
  ['another kind', '{"id":1,"kind":"steal"}'],
  ['a kind of great length', JSON.stringify({ id: 1, kind: 'x'.repeat(1e5) })],
  ['no number', '{"kind":"answer"}'],
  ['half a number', '{"kind":"answer","id":0.5}'],
  ['a put to nothing', '{"kind":"put","id":1,"creation":"0"}'],
  ['a put to something else than a name', '{"kind":"put","id":1,"window":{},"creation":"0"}'],
  ['a put without its window', '{"kind":"put","id":1,"window":"w"}'],
  ['a weight that is a word', '{"kind":"put","id":1,"window":"w","creation":"0","p":"1"}'],
  ['a refusal for no reason', '{"kind":"refusal","id":1}'],
  ['a refusal by an unknown code', '{"kind":"refusal","id":1,"code":"toString","detail":{}}']
])('%s is no message', (_, head) => {
  let message = '';
  try {
    unpackMessage({ head, arrays: [] });
  } catch (error) {
    expect(error).toMatchObject({ code: 'FRAME_INVALID' });
    ({ message } = error as Error);
  }
  expect(message).toMatch(/^Expected a tensor frame, received a message about windows/);
  expect(message.length).toBeLessThan(300);
});
