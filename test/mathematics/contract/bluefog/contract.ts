/** The contract of all operations, after BlueFog's own tests: the same tables for the simulator and for real engines. */
import { afterAll, describe, expect, it } from 'vitest';

import { allRanks } from './all-ranks.js';
import { SIZES, type Case } from './case.js';
import { disagreements } from './disagreements.js';
import { dynamic } from './dynamic.js';
import { machines } from './machines.js';
import { neighbours } from './neighbours.js';
import { refusals } from './refusals.js';

/** Programs one after the other on n ranks, two of which share a machine where n is even. @returns results by program and rank */
export type RunCases = (
  n: number,
  cases: readonly Pick<Case, 'program' | 'given'>[]
) => Promise<unknown[][]>;

const tables: Readonly<Record<string, readonly Case[]>> = {
  'calls of all ranks': allRanks,
  'exchanges with neighbours': neighbours,
  'exchanges with ranks named in the call': dynamic,
  machines,
  'what is refused': refusals
};

/**
 * Declares the tests over one backend.
 * @param end is told when a number of ranks is done with
 */
export function bluefogContract(
  name: string,
  run: RunCases,
  end: (n: number) => unknown = () => undefined
): void {
  for (const n of SIZES) {
    describe(`${name}, ${n} ranks`, { timeout: 120_000 }, () => {
      declare(n, run);
      afterAll(async () => {
        await end(n);
      });
    });
  }
}

function declare(n: number, run: RunCases): void {
  const here = (cases: readonly Case[]): Case[] =>
    cases.filter(({ sizes = SIZES }) => sizes.includes(n));
  const byRank = ({ expected }: Case): unknown[] =>
    Array.from({ length: n }, (_, rank) => like(expected(rank, n)));

  describe.each(Object.keys(tables))('%s', table => {
    const cases = here(tables[table]);
    let running: Promise<unknown[][]> | undefined;
    it.each(cases.map((row, k) => ({ title: row.title, row, k })))('$title', async ({ row, k }) => {
      running ??= run(n, cases);
      expect((await running)[k]).toEqual(byRank(row));
    });
  });

  const disagreeing = here(disagreements);
  if (disagreeing.length === 0) return;
  it.each(disagreeing)('a disagreement of all ranks: $title', async row => {
    const [seen] = await run(n, [row]);
    expect(seen).toEqual(byRank(row));
    expect(new Set(seen.map(outcome => (outcome as { message: string }).message)).size).toBe(1);
  });
}

/** An expected value whose numbers are met to 1e-12, and whose errors are met by their words. */
function like(expected: unknown): unknown {
  if (typeof expected === 'number') return expect.toSatisfy(seen => isNear(seen, expected));
  if (ArrayBuffer.isView(expected)) return likeArray(expected as Float64Array);
  if (Array.isArray(expected)) return expected.map(like);
  if (typeof expected !== 'object' || expected === null) return expected;
  if ('words' in expected) {
    const { code, words } = expected as { code: string; words: string[] };
    const says = (message: unknown): boolean => words.every(word => String(message).includes(word));
    return { code, message: expect.toSatisfy(says, `a message with ${words.join(', ')}`) };
  }
  return Object.fromEntries(Object.entries(expected).map(([key, item]) => [key, like(item)]));
}

function likeArray(expected: Float64Array): unknown {
  const holds = (seen: unknown): boolean =>
    (seen as object).constructor.name === expected.constructor.name &&
    (seen as Float64Array).length === expected.length &&
    expected.every((entry, k) => isNear((seen as Float64Array)[k], entry));
  return expect.toSatisfy(holds, `${expected.constructor.name} [${expected.join(', ')}]`);
}

function isNear(seen: unknown, expected: number): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(seen);
  return (
    typeof seen === 'number' && Math.abs(seen - expected) <= 1e-12 * Math.max(1, Math.abs(expected))
  );
}
