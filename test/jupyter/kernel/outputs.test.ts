/** How outputs travel: few messages, in order, the last picture always. Time is simulated. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CellOutputs } from '../../../kernel-runtime/src/jupyter/kernel/outputs.js';
import type { Content } from '../../../kernel-runtime/src/jupyter/kernel/wire.js';

let sent: { at: number; type: string; content: Content }[];
let outputs: CellOutputs;

beforeEach(() => {
  vi.useFakeTimers();
  const start = performance.now();
  sent = [];
  outputs = new CellOutputs((type, content) =>
    sent.push({ at: performance.now() - start, type, content })
  );
});
afterEach(() => vi.useRealTimers());

const print = (text: string, name: 'stdout' | 'stderr' = 'stdout') =>
  outputs.add({ type: 'stream', name, text });
const draw = (step: number) =>
  outputs.add({
    type: 'display',
    data: { 'text/plain': `${step}` },
    displayId: 'd',
    update: step > 0
  });
const types = () => sent.map(({ type }) => type);

describe('printed text', () => {
  it('leaves at most ten times a second, and whole', () => {
    for (let k = 0; k < 1000; k++) {
      print(`${k} `);
      vi.advanceTimersByTime(1);
    }
    outputs.flush();

    expect(sent.length).toBeLessThanOrEqual(12);
    expect(sent.map(({ content }) => content['text']).join('')).toBe(
      Array.from({ length: 1000 }, (_, k) => `${k} `).join('')
    );
  });

  it('keeps the order of its streams', () => {
    print('a');
    print('b', 'stderr');
    print('c');
    print('d');
    outputs.flush();

    expect(sent.map(({ content }) => content['text'])).toEqual(['a', 'b', 'cd']);
  });

  it('leaves without a flush as well', () => {
    print('late');
    vi.advanceTimersByTime(100);

    expect(types()).toEqual(['stream']);
  });
});

describe('a display', () => {
  it('is updated every quarter of a second, and the last picture comes by itself', () => {
    draw(0);
    for (let k = 1; k <= 1000; k++) {
      vi.advanceTimersByTime(1);
      draw(k);
    }
    vi.advanceTimersByTime(250);

    const updates = sent.filter(({ type }) => type === 'update_display_data');
    expect(updates.length).toBeLessThanOrEqual(5);
    expect(updates.at(-1)?.content['data']).toEqual({ 'text/plain': '1000' });
    const gaps = updates.slice(1).map(({ at }, k) => at - (updates[k]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
  });

  it('that changes before it has left is shown as it is now, once', () => {
    draw(0);
    draw(1);
    outputs.flush();

    expect(sent).toMatchObject([
      { type: 'display_data', content: { data: { 'text/plain': '1' } } }
    ]);
  });
});

describe('clearing', () => {
  it('at once makes what was printed before needless', () => {
    print('gone');
    outputs.add({ type: 'clear', wait: false });
    print('kept');
    outputs.flush();

    expect(types()).toEqual(['clear_output', 'stream']);
  });

  it('that waits keeps what was printed before', () => {
    print('kept');
    outputs.add({ type: 'clear', wait: true });
    outputs.flush();

    expect(types()).toEqual(['stream', 'clear_output']);
  });
});
