/**
 * Figures of the cell compiler and of compiled code, each beside its reference in the same run: `node test/cells/measure.mjs`
 * after `npm run build -w kernel-runtime`. Processor time in milliseconds; of loops the best of several rounds.
 */
import { writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { runInThisContext } from 'node:vm';

import { CellCompiler } from '../../kernel-runtime/dist/cells/compiler/compiler.js';
import { warmUp } from '../../kernel-runtime/dist/cells/compiler/warm-up.js';
import { Executor } from '../../kernel-runtime/dist/cells/executor/executor.js';
import { createStopMemory } from '../../kernel-runtime/dist/cells/executor/stop-memory.js';

const ROUNDS = 5;

const compiler = new CellCompiler({ cwd: process.cwd() });
Array.from(warmUp(compiler));
const executor = new Executor({
  cwd: process.cwd(),
  preludeUrl: new URL('../../kernel-runtime/dist/programs/index.js', import.meta.url).href,
  stopMemory: createStopMemory(),
  room: { folder: tmpdir(), prefix: 'measure', sharers: 1 },
  onOutput: output => output.type === 'stream' && writeSync(1, output.text)
});
await executor.prepare();

let count = 0;

function compile(source) {
  const compiled = compiler.compile('client', source, 'cell');
  if (compiled.status === 'error') throw new Error(compiled.error.traceback.join('\n'));
  return compiled.cell;
}

async function run(cell) {
  const number = ++count;
  const result = await executor.run(cell, { id: `${number}`, number });
  if (result.status === 'error') throw new Error(result.error.traceback.join('\n'));
}

/** The processor's time, so that a busy machine does not count. It includes the threads that clear up memory. */
function processorTime(started) {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

async function best(work) {
  const times = [];
  for (let k = 0; k < ROUNDS; k++) {
    const started = process.cpuUsage();
    await work(k);
    times.push(processorTime(started));
  }
  return Math.min(...times);
}

const bestCell = source => {
  const cell = compile(source);
  return best(() => run(cell));
};

await run(
  compile('let n = 2e7, s = 0; const x = new Float64Array(1000).fill(1); let f = () => s;')
);

const loops = {
  'sum of numbers': {
    earlier: 's = 0; for (let i = 0; i < n; i++) s += i * 0.5; 0',
    local: '{ let s = 0; const n = 2e7; for (let i = 0; i < n; i++) s += i * 0.5; }'
  },
  'sum of a vector': {
    earlier:
      's = 0; for (let r = 0; r < 20000; r++) for (let i = 0; i < x.length; i++) s += x[i] * 0.5; 0',
    local: `{ let s = 0; const x = new Float64Array(1000).fill(1);
      for (let r = 0; r < 20000; r++) for (let i = 0; i < x.length; i++) s += x[i] * 0.5; }`
  },
  'with a call that sees the variable': {
    earlier: 's = 0; for (let i = 0; i < n; i++) s = f() + 0.5; 0',
    local: '{ let s = 0; const n = 2e7, f = () => s; for (let i = 0; i < n; i++) s = f() + 0.5; }'
  }
};

const rows = {};
for (const [name, { earlier, local }] of Object.entries(loops)) {
  const home = await bestCell(earlier);
  const own = await bestCell(local);
  const plain = await best(() => runInThisContext(local));
  rows[`loop: ${name}`] = {
    'earlier cell': home.toFixed(1),
    'local, same checks': own.toFixed(1),
    'plain Node': plain.toFixed(1),
    'earlier / local (≤ 3)': (home / own).toFixed(2),
    'earlier / plain': (home / plain).toFixed(2)
  };
}
console.table(rows);

const define = k => `function descend${k}(start: number, gamma: number, steps: number): number[] {
  const path: number[] = [start];
  let x = start;
  let velocity = 0;
  for (let k = 0; k < steps; k++) {
    const gradient = 2 * (x - ${k});
    velocity = 0.9 * velocity - gamma * gradient;
    x = x + velocity;
    if (Math.abs(gradient) < 1e-9) {
      break;
    }
    path.push(x);
  }
  const last = path[path.length - 1];
  const total = path.reduce((sum, value) => sum + value, 0);
  return [...path, last, total];
}`;

function times(rounds, work) {
  return Array.from({ length: rounds }, (_, k) => {
    const started = process.cpuUsage();
    work(k);
    return processorTime(started);
  });
}

const median = values => [...values].sort((a, b) => a - b)[values.length >> 1];
const completion = times(12, () => compiler.complete('client', 'descend', 7));
const hover = times(12, () => compiler.inspect('client', 'Math.abs(1)', 6));
const defined = times(100, k => compile(define(k)));
console.table({
  'compile a function of 17 lines, first': { ms: defined[0].toFixed(1), target: 15 },
  'compile a function of 17 lines, median': { ms: median(defined).toFixed(1), target: 15 },
  'compile `1`, median': { ms: median(times(50, () => compile('1'))).toFixed(2), target: 2 },
  'first completion': { ms: completion[0].toFixed(1), target: 30 },
  'repeated completion': { ms: median(completion.slice(1)).toFixed(1), target: 5 },
  'completion of members': {
    ms: median(times(10, () => compiler.complete('client', 'x.', 2))).toFixed(1),
    target: 5
  },
  hover: { ms: median(hover).toFixed(1), target: 5 }
});
executor.flush();
process.exit();
