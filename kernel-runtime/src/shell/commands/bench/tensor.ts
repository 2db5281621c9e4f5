/** `decentlab bench tensor`: operations on tensors beside Python's torch on the same processor, each on one thread. */
import { programFile } from '../../../package.js';
import { backends } from '../../../mathematics/tensor/backends/table.js';
import { readTorchSetup } from '../../../mathematics/tensor/torch/addon.js';
import { pythonTorch } from './tensor/python-torch.js';
import { PYTHON_TORCH, torchPython } from './torch-python.js';
import { NOTHING } from './tensor/nothing.js';
import { Side } from './tensor/side.js';
import { median, toFigure } from './statistics.js';
import type { Figure, Measured, Suite, SuiteContext } from './suite.js';

/** What is measured: the name that all sides know, and how many calls are timed together. */
const ROWS = [
  { what: 'add, 10 numbers', name: 'add', batch: 1000 },
  { what: 'matrix product, 1024 x 1024', name: 'matmul', batch: 1 },
  { what: 'least-squares step, A 1000 x 100', name: 'leastSquares', batch: 50 }
] as const;

/** All take turns so many times; of each turn the fastest batch counts, of the turns the median. */
const TURNS = 6;
const BATCHES = 5;
const REACH = 1.2;
const AIM = 1.05;
/** Backends of TensorFlow.js that are measured where they are set up; the others take minutes. */
const MEASURED = ['torch', 'tensorflow', 'wasm'];

export const suite: Suite = {
  name: 'tensor',
  summary: 'Operations on tensors beside torch of Python, float32, one thread each.',
  options: ['rounds', 'python'],
  measure
};

async function measure(context: SuiteContext): Promise<Measured> {
  const { only = '', rounds = TURNS, python } = context;
  const setup = readTorchSetup();
  const notes: string[] = [];
  const sides: Side[] = [];
  const add = async (side: Promise<Side>, name: string): Promise<void> => {
    try {
      sides.push(await side);
    } catch (error) {
      notes.push(`${name} (${error instanceof Error ? error.message : String(error)})`);
    }
  };
  context.progress('starting the contenders');
  const program = programFile('bench/tensor-side');
  try {
    if (setup) await add(Side.start('ours', [process.execPath, program, 'aten']), 'ours');
    else notes.push('ours (PyTorch has not been set up: `npm run setup:torch`)');
    await add(torchPython(python).then(pythonTorch), PYTHON_TORCH);
    for (const { name, missing } of backends.filter(one => MEASURED.includes(one.name))) {
      const absent = missing();
      if (absent) notes.push(`tfjs, ${name} (${absent.reason})`);
      else await add(Side.start(`tfjs, ${name}`, [process.execPath, program, name]), name);
    }
    await add(Side.start('tfjs alone', [process.execPath, program, NOTHING]), NOTHING);
    const figures: Figure[] = [];
    for (const row of ROWS) {
      if (!row.what.includes(only)) continue;
      context.progress(row.what);
      figures.push(await compare(row, sides, rounds));
    }
    const versions: Record<string, string> = setup ? { PyTorch: setup.version } : {};
    return { figures, notes, versions };
  } finally {
    for (const side of sides) side.stop();
  }
}

async function compare(
  row: (typeof ROWS)[number],
  sides: readonly Side[],
  rounds: number
): Promise<Figure> {
  const values: Record<string, number[]> = {};
  for (let turn = 0; turn <= rounds; turn++) {
    for (const side of sides) {
      const times = await side.time([row.name, BATCHES, row.batch]);
      // The first turn is what compilers and caches need.
      if (turn > 0) (values[side.name] ??= []).push(Math.min(...times));
    }
  }
  const figure = toFigure({ what: row.what, unit: 'µs', values });
  const reference = values[PYTHON_TORCH];
  if (reference === undefined) return figure;
  const against = median(reference);
  const target = (ours: string) => {
    const ratio = median(values[ours]) / against;
    return {
      ours,
      against: PYTHON_TORCH,
      ratio,
      reach: REACH,
      aim: AIM,
      isReached: ratio <= REACH,
      isAimReached: ratio <= AIM
    };
  };
  const ours = Object.keys(values).filter(name => name === 'ours' || name === 'tfjs, torch');
  return { ...figure, targets: ours.map(target) };
}
