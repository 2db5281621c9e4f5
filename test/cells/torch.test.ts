/** Cells that import `decentlab/torch`: completion, hover and checks know the operators of the installed PyTorch. */
import { describe, expect, it } from 'vitest';
import { CellCompiler } from '../../kernel-runtime/src/cells/compiler/compiler.js';
import { needsTorch } from '../helpers/torch.js';

const compiler = new CellCompiler({ cwd: process.cwd() });
const compile = (code: string) => compiler.compile('client', code, 'cell');
const IMPORT = "import { aten, tensor } from 'decentlab/torch';\n";

describe('decentlab/torch in cells', () => {
  needsTorch();

  it('completes operators and their overloads', () => {
    const code = `${IMPORT}aten.matm`;
    const { matches } = compiler.complete('client', code, code.length);
    expect(matches).toContain('matmul');
  });

  it('shows the parameters of an operator', () => {
    const code = `${IMPORT}aten.cumsum`;
    const hover = compiler.inspect('client', code, code.length);
    expect(JSON.stringify(hover)).toMatch(/self: TorchTensor, dim: number/);
  });

  it.each([
    ['an operator that there is not', 'aten.matmull(tensor([1]), tensor([1]))'],
    ['a number where a tensor is needed', 'aten.matmul(tensor([1]), 2)'],
    ['a type that there is not', "aten.zeros([2], { dtype: 'flota32' })"]
  ])('refuses %s before it runs', (_, call) => {
    expect(compile(IMPORT + call).status).toBe('error');
  });

  it.each([
    'aten.sum(tensor([1, 2]), [0], { dtype: "float32" }).item() + 1',
    'const x = tensor([1]); const y = x - 0.1 * aten.relu(x); y.item()',
    'const [values, places] = aten.sort(tensor([2, 1])); values.shape'
  ])('takes %s', call => {
    expect(compile(IMPORT + call)).toMatchObject({ status: 'ok' });
  });
});
