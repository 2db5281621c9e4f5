/** No claim without its proof: each names rows that exist, and figures with an aim. */
import { describe, expect, it } from 'vitest';
import { plans } from '../../../kernel-runtime/src/shell/commands/bench/cells.js';
import { claims } from './claims.js';
import { rowFiles, rowsOf } from './rows.js';

const rows = rowFiles().flatMap(file => rowsOf(file).map(({ name }) => `${file}: ${name}`));
const figures = plans.flatMap(({ what, atMost }) =>
  atMost === undefined ? [] : [`bench: ${what}`]
);

describe('Of this kernel', () => {
  it.each(Object.entries(claims))('%s', (_, proofs) => {
    expect(proofs).not.toEqual([]);
    expect([...rows, ...figures]).toEqual(expect.arrayContaining([...proofs]));
  });

  it('each aim of the bench is a claim', () => {
    const named = Object.values(claims).flat();
    expect(named).toEqual(expect.arrayContaining(figures));
  });
});
