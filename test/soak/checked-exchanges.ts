/** Cells that exchange for ever, or for some steps, and compare every entry of what they get with what it must be. */

export interface Exchanges {
  /** Of the cells: which operation in which step, and how large. */
  readonly seed: number;
  readonly steps: number;
  /** The ranks that take part, ascending. */
  readonly members: readonly number[];
}

/**
 * A cell for the engines. In step k rank j gives the vector of entries f(j, k), which no other step or rank has, so that
 * a message which meets the wrong call is a wrong number.
 */
export function checkedExchanges(exchanges: Exchanges): string {
  return `await (${exchange.toString()})(${JSON.stringify(exchanges)})`;
}

/** The words of the prelude, in the cell. */
declare const rank: () => number;
declare const loadTopology: () => { W: { row(i: number): Float64Array } };
declare const neighborAllreduce: (x: Float64Array, options?: object) => Promise<Float64Array>;
declare const allreduce: (x: Float64Array, options?: object) => Promise<Float64Array>;
declare const broadcast: (x: Float64Array, root: number) => Promise<Float64Array>;
declare const barrier: () => Promise<void>;

async function exchange({ seed, steps, members }: Exchanges): Promise<string> {
  const f = (j: number, k: number): number => (j + 1) * 1e4 + (k % 9973);
  const chance = (k: number, n: number): number =>
    Math.floor(Math.abs(Math.sin(seed * 12.9898 + k * 78.233) * 43758.5453) * 1e3) % n;
  const sizes = [1, 7, 1000, 20_000];
  const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
  const weights = Array.from(loadTopology().W.row(rank()));
  for (let k = 0; k < steps; k++) {
    const x = new Float64Array(sizes[chance(k, sizes.length)]).fill(f(rank(), k));
    const root = members[chance(k + 0.5, members.length)];
    const neighbours = (): number => sum(weights.map((w, j) => (w === 0 ? 0 : w * f(j, k))));
    const average = (): number => sum(members.map(j => f(j, k))) / members.length;
    const operations: [string, () => Promise<Float64Array | undefined>, () => number][] = [
      ['neighborAllreduce', () => neighborAllreduce(x), neighbours],
      ['named neighborAllreduce', () => neighborAllreduce(x, { name: `x${k % 3}` }), neighbours],
      ['allreduce', () => allreduce(x), average],
      ['sum', () => allreduce(x, { average: false }), () => average() * members.length],
      ['broadcast', () => broadcast(x, root), () => f(root, k)],
      ['barrier', async () => void (await barrier()), () => f(rank(), k)]
    ];
    const [name, run, expect] = operations[chance(k + 0.25, operations.length)];
    const result = (await run()) ?? x;
    const expected = expect();
    const isWrong = (value: number): boolean => !(Math.abs(value - expected) < 1e-6);
    if (result.length !== x.length || result.some(isWrong)) {
      const got = `${result.length} entries, ${String(result.find(isWrong))} among them`;
      throw new Error(
        `WRONG NUMBER: ${name} of step ${k} gave ${got}, not ${x.length} of ${expected}.`
      );
    }
  }
  return 'right';
}
