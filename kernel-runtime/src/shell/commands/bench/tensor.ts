/** `decentlab bench tensor`: operations on tensors beside Python's torch on the same processor, each on one thread. */
import { programFile } from '../../../package.js';
import { backends } from '../../../mathematics/tensor/backends/table.js';
import { readTorchSetup } from '../../../mathematics/tensor/torch/addon.js';
import { pythonTorch } from './tensor/python-torch.js';
import { PYTHON_TORCH, torchPython } from './torch-python.js';
import { NOTHING } from './tensor/nothing.js';
import { ROWS, type OperationRow } from './tensor/rows.js';
import { Side } from './tensor/side.js';
import { timeInTurns } from './tensor/turns.js';
import { median, toFigure } from './statistics.js';
import type { Figure, Measured, Suite, SuiteContext, Target } from './suite.js';

/** All take turns so many times; of each turn the fastest batch counts, of the turns the median. */
const TURNS = 6;
/** Names of contenders. */
const [ALONE, THROUGH_TFJS] = ['tfjs alone', 'tfjs, torch'];
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
    await add(
      torchPython(python).then(found => pythonTorch(found)),
      PYTHON_TORCH
    );
    for (const { name, missing } of backends.filter(one => MEASURED.includes(one.name))) {
      const absent = missing();
      if (absent) notes.push(`tfjs, ${name} (${absent.reason})`);
      else await add(Side.start(`tfjs, ${name}`, [process.execPath, program, name]), name);
    }
    await add(Side.start(ALONE, [process.execPath, program, NOTHING]), NOTHING);
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

async function compare(row: OperationRow, sides: readonly Side[], rounds: number): Promise<Figure> {
  const values = await timeInTurns(sides, { ...row, turns: rounds });
  const figure = toFigure({ what: row.what, unit: 'µs', values });
  const reference = values[PYTHON_TORCH];
  if (reference === undefined) return figure;
  const against = median(reference);
  // What TensorFlow.js itself takes comes on top of all that a backend can do.
  const alone = values[ALONE] && 1 + median(values[ALONE]) / against;
  const target = (ours: string): Target => {
    const ratio = median(values[ours]) / against;
    return {
      ours,
      against: PYTHON_TORCH,
      ratio,
      reach: REACH,
      aim: AIM,
      isReached: ratio <= REACH,
      isAimReached: ratio <= AIM,
      ...(ours === THROUGH_TFJS && alone !== undefined && { least: alone })
    };
  };
  const ours = Object.keys(values).filter(name => name === 'ours' || name === THROUGH_TFJS);
  return { ...figure, targets: ours.map(target) };
}
