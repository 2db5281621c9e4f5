/** Declarations of every operator of the installed PyTorch, from its own schemas: what completion and hover show in cells. */
import type { Parameter } from './addon.js';
import { operatorNames, overloadNames, schemaOf } from './aten.js';
import { parseType, type SchemaType } from './types.js';

/** TypeScript's types for those of arguments; what is not here cannot be given. */
const TYPES: Readonly<Record<string, string>> = {
  Tensor: 'TorchTensor',
  int: 'number | bigint',
  SymInt: 'number | bigint',
  float: 'number',
  bool: 'boolean',
  Scalar: 'Scalar',
  number: 'Scalar',
  ScalarType: 'DType',
  Layout: 'string',
  MemoryFormat: 'string',
  Device: 'string',
  str: 'string'
};
const RESULTS: Readonly<Record<string, string>> = { int: 'number', SymInt: 'number' };
const RESERVED = /^(in|default|function|class|new|delete|with|this|enum|export|import|var|return)$/;

/**
 * A module like `exported`, in which `aten` has a signature for each overload.
 * @param library the module's own declarations, as an import names them
 */
export function atenDeclarations(library: string): string {
  const operators = operatorNames().map(name => `  ${name}: ${declareOperator(name)};`);
  return `/** PyTorch's operators with the signatures of the installed version. */
import type { DType, TorchTensor } from '${library}';
export * from '${library}';
export type Scalar = number | bigint | boolean | { readonly real: number; readonly imag: number };
export interface Aten {
${operators.join('\n')}
}
/** Every operator of the installed PyTorch. Parameters by name stand in a last record. */
export declare const aten: Aten;
declare module '${library.replace('exported.js', 'tensor.js')}' {
  interface TorchTensor { ${arithmetic()} }
}
`;
}

/** What `+ - * /` give in cells. */
function arithmetic(): string {
  const sides = [
    'a: TorchTensor, b: TorchTensor',
    'a: number, b: TorchTensor',
    'a: TorchTensor, b: number'
  ];
  const members = ['Plus', 'Minus', 'Star', 'Slash'].flatMap(operator =>
    sides.map(both => `[Symbol.operator${operator}](${both}): TorchTensor;`)
  );
  return members.join(' ');
}

function declareOperator(name: string): string {
  const overloads = overloadNames(name).map(overload => ({
    overload,
    signatures: signaturesOf(name, overload)
  }));
  const all = overloads.flatMap(({ signatures }) => signatures);
  const named = overloads
    .filter(({ overload }) => overload !== '')
    .map(({ overload, signatures }) => `${overload}: { ${signatures.join('; ')} }`);
  return `{ ${[...all, ...named].join('; ')} }`;
}

/** One signature for each number of parameters that may be left out, so that the record of names follows any of them. */
function signaturesOf(name: string, overload: string): string[] {
  const { parameters, results } = schemaOf(name, overload);
  const places = parameters.filter(({ isNamed }) => !isNamed);
  const names = parameters.filter(({ isNamed }) => isNamed);
  const result = resultOf(results);
  const least = places.findLastIndex(one => !isOptional(one)) + 1;
  return Array.from({ length: places.length - least + 1 }, (_, k) => {
    const count = places.length - k;
    const given = places.slice(0, count).map(one => `${wordOf(one.name)}: ${typeOf(one)}`);
    const left = [...places.slice(count), ...names];
    const isNeeded = left.some(one => !isOptional(one));
    const record = left.map(one => `${one.name}${isOptional(one) ? '?' : ''}: ${typeOf(one)}`);
    if (left.length > 0) given.push(`named${isNeeded ? '' : '?'}: { ${record.join('; ')} }`);
    return `(${given.join(', ')}): ${result}`;
  });
}

function isOptional({ hasDefault, type }: Parameter): boolean {
  return hasDefault || type.endsWith('?');
}

function wordOf(name: string): string {
  return RESERVED.test(name) ? `${name}_` : name;
}

function typeOf({ type, size }: Parameter): string {
  const one = inTypeScript(parseType(type), TYPES);
  return size > 0 ? `number | ${one}` : one;
}

function inTypeScript(type: SchemaType, types: Readonly<Record<string, string>>): string {
  const { entry, kind, isOptional } = type;
  const one = entry ? `readonly (${inTypeScript(entry, types)})[]` : (types[kind] ?? 'never');
  return isOptional ? `${one} | null` : one;
}

function resultOf(results: readonly Parameter[]): string {
  const types = { ...TYPES, ...RESULTS };
  const list = results.map(({ type }) => inTypeScript(parseType(type), types));
  if (list.length === 0) return 'void';
  return list.length === 1 ? list[0] : `[${list.join(', ')}]`;
}
