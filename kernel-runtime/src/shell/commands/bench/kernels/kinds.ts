/** The kernels that are compared: how each is started, and the same cells in the language of each. */
import { kernelspec } from '../../../setup/kernelspec.js';

/** The cells; `k` makes each text new, so that nothing answers from a cache. */
export interface Cells {
  /** Redeclares a constant. */
  redeclare(k: number): string;
  /** Seventeen lines that define a function. */
  define(k: number): string;
  readonly endless: string;
  /** Defines `text`, whose members are completed. */
  readonly text: string;
  /** Begins of members of a text; each has a match. */
  readonly members: readonly string[];
  /** A function of the language, whose signature is asked for. */
  readonly call: string;
}

export interface KernelKind {
  readonly name: 'ours' | 'ipykernel' | 'tslab' | 'Deno';
  /** The command that starts it with a connection file. */
  argv(connectionFile: string): string[];
  /** Variables of its environment, where it wants some. */
  readonly env?: Readonly<Record<string, string>>;
  readonly interruptBy: 'message' | 'signal';
  readonly cells: Cells;
}

const typescript: Cells = {
  redeclare: k => `const step = ${k};`,
  define: k =>
    [
      `function descend${k}(start: number, gamma: number, steps: number): number[] {`,
      '  const path: number[] = [start];',
      '  let x = start;',
      '  let velocity = 0;',
      '  for (let k = 0; k < steps; k++) {',
      `    const gradient = 2 * (x - ${k});`,
      '    velocity = 0.9 * velocity - gamma * gradient;',
      '    x = x + velocity;',
      '    if (Math.abs(gradient) < 1e-9) {',
      '      break;',
      '    }',
      '    path.push(x);',
      '  }',
      '  const last = path[path.length - 1];',
      '  const total = path.reduce((sum, value) => sum + value, 0);',
      '  return [...path, last, total];',
      '}'
    ].join('\n'),
  endless: 'while (true) {}',
  text: `const text = 'abc';`,
  members: ['toUp', 'toLo', 'char', 'sli', 'pad', 'spl'],
  call: 'parseFloat'
};

const python: Cells = {
  redeclare: k => `step = ${k}`,
  define: k =>
    [
      `def descend${k}(start, gamma, steps):`,
      '    path = [start]',
      '    x = start',
      '    velocity = 0.0',
      '    for k in range(steps):',
      `        gradient = 2 * (x - ${k})`,
      '        velocity = 0.9 * velocity',
      '        velocity = velocity - gamma * gradient',
      '        x = x + velocity',
      '        if abs(gradient) < 1e-9:',
      '            break',
      '        path.append(x)',
      '    last = path[-1]',
      '    total = 0.0',
      '    for value in path:',
      '        total = total + value',
      '    return [*path, last, total]'
    ].join('\n'),
  endless: 'while True: pass',
  text: `text = 'abc'`,
  members: ['upp', 'low', 'cou', 'sta', 'cen', 'spl'],
  call: 'print'
};

interface Kernelspec {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const { argv, env } = JSON.parse(kernelspec()) as Kernelspec;

/** Ours, as the kernelspec starts it. */
export const ours: KernelKind = {
  name: 'ours',
  argv: file => argv.map(word => (word === '{connection_file}' ? file : word)),
  env,
  interruptBy: 'message',
  cells: typescript
};

/** ipykernel, run by `interpreter`. */
export function ipykernel(interpreter: string): KernelKind {
  return {
    name: 'ipykernel',
    argv: file => [interpreter, '-m', 'ipykernel_launcher', '-f', file],
    interruptBy: 'signal',
    cells: python
  };
}

/** tslab, whose program is `program`. */
export function tslab(program: string): KernelKind {
  return {
    name: 'tslab',
    argv: file => [process.execPath, program, 'kernel', `--config-path=${file}`],
    interruptBy: 'signal',
    cells: typescript
  };
}

/** Deno, whose program is `program`. */
export function deno(program: string): KernelKind {
  return {
    name: 'Deno',
    argv: file => [program, 'jupyter', '--kernel', '--conn', file],
    interruptBy: 'signal',
    cells: typescript
  };
}
