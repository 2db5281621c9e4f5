/** What settings say of views: kept within what is possible, and the same as the schema promises. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ViewSettings, viewThemes } from '../../extension/src/views/view-settings.js';
import { root } from '../helpers/project.js';

interface Schema {
  properties: Record<
    'redraws' | 'frames' | 'theme',
    { default: unknown; minimum: number; maximum: number; oneOf: { const: string }[] }
  >;
}

const { properties } = JSON.parse(
  readFileSync(join(root, 'extension/schema/views.json'), 'utf8')
) as Schema;

const after = (...said: Record<string, unknown>[]): object => {
  const settings = new ViewSettings();
  for (const values of said) settings.set(values);
  const { interval, frameTime, theme } = settings;
  return { interval, frameTime, theme };
};
const plain = { interval: 250, frameTime: 1000 / 60, theme: 'jupyterlab' };

describe('the settings of views', () => {
  it.each<[string, Record<string, unknown>[], object]>([
    ['begin with four redraws a second', [], plain],
    ['are taken over', [{ redraws: 2, frames: 20, theme: 'dark' }], { interval: 500, frameTime: 50, theme: 'dark' }], // prettier-ignore
    ['go no further than four redraws and sixty frames', [{ redraws: 40, frames: 1e9 }], plain],
    ['never stop a view', [{ redraws: 0, frames: -1 }], { ...plain, interval: 1000, frameTime: 200 }], // prettier-ignore
    ['of another kind change nothing', [{ redraws: '2', frames: NaN, theme: 'pink' }], plain],
    ['go back', [{ theme: 'light' }, { theme: 'jupyterlab' }], plain]
  ])('%s', (_, said, expected) => {
    expect(after(...said)).toEqual(expected);
  });

  it('are those of the schema, with its defaults and its bounds', () => {
    const { redraws, frames, theme } = properties;
    expect(theme.oneOf.map(one => one.const)).toEqual([...viewThemes]);
    const defaults = { redraws: redraws.default, frames: frames.default, theme: theme.default };
    expect(after(defaults)).toEqual(plain);
    const at = (bound: 'minimum' | 'maximum', beyond: number): object[] =>
      [0, beyond].map(more =>
        after({ redraws: redraws[bound] + more, frames: frames[bound] + more })
      );
    for (const [there, further] of [at('minimum', -1), at('maximum', 1)])
      expect(there).toEqual(further);
  });

  it('tell those who draw', () => {
    const settings = new ViewSettings();
    let told = 0;
    settings.changed.connect(() => told++);
    settings.set({ redraws: 1 });
    expect(told).toBe(1);
  });
});
