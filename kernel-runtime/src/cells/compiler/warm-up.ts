/** The first questions asked before anybody asks them: a type checker learns the library's types only when it needs them. */
import type { CellCompiler } from './compiler.js';

const typical = [
  `/** A step. */
function descend(start: number, gamma: number): number[] {
  const path: number[] = [start];
  for (let k = 0; k < 3; k++) {
    const { x } = { x: path[path.length - 1] ?? 0 };
    if (Math.abs(x) < 1e-9) break;
    path.push(x - gamma * 2 * x);
  }
  const total = path.reduce((sum, value) => sum + value, 0);
  return [...path.map(v => v / 2), total];
}
class State { constructor(readonly name: string) {} get text() { return \`\${this.name}\`; } }`,
  `let x = Float64Array.of(1, 2);
const step = async (y: Float64Array) => { for (const v of y) console.log(v); return x - 0.1 * y; };
x = await step(x + x);
const all = await Promise.all([1, 2].map(async k => ({ k })));
const words = 'a b';
Object.entries({ a: 1 }).filter(([, n]) => n > 0).sort().join(', ')`
];

const MEMBERS = ['words.', 'words.sl', 'words.toU', 'words.', 'words.pa', 'all.fi'];

/** Typical work in small steps; between two of them, real calls may be answered. It leaves nothing behind. */
export function* warmUp(compiler: CellCompiler): Generator<void> {
  for (const source of typical) yield void compiler.compile('scratch', source, 'warm-up');
  yield void compiler.complete('scratch', 'x.', 2);
  yield void compiler.complete('scratch', 'des', 3);
  // Members of a text are asked for most; each round makes the next one quicker.
  for (const member of MEMBERS) yield void compiler.complete('scratch', member, member.length);
  yield void compiler.inspect('scratch', 'step(x)', 2);
  compiler.dropAll('scratch');
}
