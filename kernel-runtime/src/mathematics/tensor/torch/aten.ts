/** `aten`: every operator of the installed PyTorch by its name, as `torch.ops.aten` has it in Python. */
import { DecentLabError } from '../../../errors.js';
import { nearestNames } from '../../math/nearest-names.js';
import {
  explain,
  inWords,
  loadAddon,
  type FoundOperator,
  type Handle,
  type Parameter
} from './addon.js';
import { defaultDevice, TorchTensor } from './tensor.js';
import { lower, parseType, takes, type SchemaType } from './types.js';

interface Slot extends Parameter {
  readonly schemaType: SchemaType;
}

/** One overload, ready to be called. */
interface Overload {
  /** For errors: `aten.add.Tensor`. */
  readonly name: string;
  readonly index: number;
  readonly slots: readonly Slot[];
  /** How many of them may be given by place; these come first. */
  readonly places: number;
  readonly results: readonly SchemaType[];
  /** The place of `device`, which new tensors take from this engine if no argument says it; -1 if there is none. */
  readonly device: number;
}

const PREFIX = 'aten::';

/**
 * PyTorch's inner parts: they trust their arguments, and wrong ones end the process. So do a few others, which the fuzz
 * test has found.
 */
const INNER = /^_|_backward$|quantize|^(fbgemm|mkldnn|cudnn|miopen|mps)_/;
const UNCHECKED: readonly string[] = ['slow_conv3d_forward'];
let overloadsOf: Map<string, string[]> | undefined;
const found = new Map<string, Overload>();

/** The overload that takes arguments of some kinds. */
interface Chosen {
  readonly overload: Overload;
  /** Whether all arguments stand at their places and go to the addon as they are, and one tensor comes back. */
  readonly isPlain: boolean;
}

/** By operator and kinds of arguments. */
const chosen = new Map<string, Map<number, Chosen>>();

/** Whether cells may call an operator: PyTorch checks what it is given. */
export function isOffered(name: string): boolean {
  return !INNER.test(name) && !UNCHECKED.includes(name);
}

/** The names of all operators, without their overloads. @throws TORCH_ABSENT */
export function operatorNames(): string[] {
  return [...allOverloads().keys()];
}

/** The overloads of an operator; '' is the one without a name. @throws OPERATOR_UNKNOWN */
export function overloadNames(name: string): readonly string[] {
  const overloads = allOverloads().get(name);
  if (overloads) return overloads;
  const [nearest] = nearestNames(name, operatorNames());
  throw new DecentLabError('OPERATOR_UNKNOWN', { name, nearest });
}

/** The schema of one overload. @throws OPERATOR_UNKNOWN */
export function schemaOf(name: string, overload: string): FoundOperator {
  if (overloadNames(name).includes(overload)) return loadAddon().find(PREFIX + name, overload);
  const [nearest] = nearestNames(overload, overloadNames(name));
  throw new DecentLabError('OPERATOR_UNKNOWN', {
    name: `${name}.${overload}`,
    nearest: nearest === undefined ? undefined : `${name}.${nearest}`
  });
}

/**
 * Calls an operator. Without an overload, the first that takes these arguments is meant. A last argument that is a plain
 * record gives parameters by name.
 * @throws OPERATOR_UNKNOWN, OPERATOR_ARGUMENT, OPERATOR_FAILED, TENSOR_DISPOSED, DEVICE_MEMORY, TENSOR_DEVICES
 */
export function callOperator(name: string, overload: string | undefined, args: unknown[]): unknown {
  if (overload !== undefined) return run(findOverload(name, overload), args);
  const kinds = kindsOf(args);
  if (kinds === undefined) return run(chooseOverload(name, args), args);
  let byKinds = chosen.get(name);
  if (!byKinds) chosen.set(name, (byKinds = new Map<number, Chosen>()));
  let known = byKinds.get(kinds);
  if (!known) {
    const made = chooseOverload(name, args);
    byKinds.set(kinds, (known = { overload: made, isPlain: isPlain(made, args) }));
  }
  return known.isPlain ? runPlain(known.overload, args) : run(known.overload, args);
}

function chooseOverload(name: string, args: readonly unknown[]): Overload {
  const names = overloadNames(name);
  const fitting =
    names.length === 1 ? undefined : names.find(one => fits(findOverload(name, one), args));
  // Where none fits, the first one's complaint is as good as any.
  return findOverload(name, fitting ?? names[0]);
}

/** The most arguments whose kinds a number tells. */
const MOST_KINDS = 12;

/** A digit for each argument: equal ones choose equally. Undefined for lists and names, of which more has to be seen. */
function kindsOf(args: readonly unknown[]): number | undefined {
  if (args.length > MOST_KINDS) return undefined;
  let kinds = 1;
  for (const one of args) {
    kinds *= 4;
    if (one instanceof TorchTensor) continue;
    if (typeof one === 'number') kinds += Number.isInteger(one) ? 1 : 2;
    else if (typeof one === 'boolean') kinds += 3;
    else return undefined;
  }
  return kinds;
}

const isTensorType = ({ kind, entry }: SchemaType): boolean =>
  kind === 'Tensor' && entry === undefined;

/** Of tensors, numbers and booleans. A number where a tensor belongs is refused elsewhere: it could be a handle. */
function isPlain({ slots, places, results, device }: Overload, args: readonly unknown[]): boolean {
  if (device >= 0 || args.length > places) return false;
  if (results.length !== 1 || !isTensorType(results[0])) return false;
  return args.every((one, k) => one instanceof TorchTensor === isTensorType(slots[k].schemaType));
}

const plain = (value: unknown): unknown => (value instanceof TorchTensor ? value.handle : value);

function runPlain({ index, name, results }: Overload, args: readonly unknown[]): unknown {
  const { call } = loadAddon();
  let result: unknown;
  try {
    if (args.length === 1) result = call(index, plain(args[0]));
    else if (args.length === 2) result = call(index, plain(args[0]), plain(args[1]));
    else result = call(index, ...args.map(plain));
  } catch (error) {
    throw explain(name, error);
  }
  return lift(results[0], result, args);
}

function allOverloads(): Map<string, string[]> {
  if (overloadsOf) return overloadsOf;
  overloadsOf = new Map();
  const own = loadAddon()
    .names()
    .filter(full => full.startsWith(PREFIX));
  for (const full of own.sort(plainFirst)) {
    const [name, overload = ''] = full.slice(PREFIX.length).split('.');
    if (!isOffered(name)) continue;
    const overloads = overloadsOf.get(name);
    if (overloads) overloads.push(overload);
    else overloadsOf.set(name, [overload]);
  }
  return overloadsOf;
}

/** Overloads on tensors before those on numbers, and those that write into a given tensor last. */
function plainFirst(a: string, b: string): number {
  const order = (full: string): number =>
    /out$/.test(full) ? 3 : /\.Tensor/.test(full) ? 0 : /\./.test(full) ? 2 : 1;
  return order(a) - order(b) || (a < b ? -1 : 1);
}

function findOverload(name: string, overload: string): Overload {
  const full = overload === '' ? name : `${name}.${overload}`;
  const known = found.get(full);
  if (known) return known;
  const { index, parameters, results } = schemaOf(name, overload);
  const slots = parameters.map(one => ({ ...one, schemaType: parseType(one.type) }));
  const made: Overload = {
    name: `aten.${full}`,
    index,
    slots,
    places: slots.filter(({ isNamed }) => !isNamed).length,
    results: results.map(({ type }) => parseType(type)),
    device: slots.some(({ schemaType }) => schemaType.kind === 'Tensor')
      ? -1
      : slots.findIndex(({ name }) => name === 'device')
  };
  found.set(full, made);
  return made;
}

/** Positional arguments, and those by name from a last plain record. */
function divide(args: readonly unknown[]): { given: readonly unknown[]; named: Named } {
  const last = args.at(-1);
  return isNamed(last) ? { given: args.slice(0, -1), named: last } : { given: args, named: NONE };
}

type Named = Readonly<Record<string, unknown>>;
const NONE: Named = {};

function isNamed(value: unknown): value is Named {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (value instanceof TorchTensor || ArrayBuffer.isView(value)) return false;
  return !('real' in value && 'imag' in value);
}

function fits({ slots, places }: Overload, args: readonly unknown[]): boolean {
  const { given, named } = divide(args);
  if (given.length > places) return false;
  if (Object.keys(named).some(name => !slots.some(slot => slot.name === name))) return false;
  return slots.every((slot, k) => {
    const value = !slot.isNamed && k < given.length ? given[k] : named[slot.name];
    if (value === undefined) return slot.hasDefault || slot.schemaType.isOptional;
    return takes(slot.schemaType, value, slot.size);
  });
}

function run(overload: Overload, args: readonly unknown[]): unknown {
  const { index, slots, places, results, name } = overload;
  const { given, named } = divide(args);
  const values: unknown[] = slots.map((slot, k) =>
    lower(slot.schemaType, k < places && k < given.length ? given[k] : named[slot.name])
  );
  if (given.length > places || named !== NONE) refuseUnknown(overload, given, named);
  if (overload.device >= 0) values[overload.device] ??= defaultDevice();
  const result = inWords(name, () => loadAddon().call(index, ...values));
  if (results.length === 1) return lift(results[0], result, given);
  return Array.isArray(result) ? result.map((one, k) => lift(results[k], one, given)) : undefined;
}

function refuseUnknown(
  { slots, places, name }: Overload,
  given: readonly unknown[],
  named: Named
): void {
  const refuse = (said: string) => new DecentLabError('OPERATOR_ARGUMENT', { what: name, said });
  if (given.length > places)
    throw refuse(`it takes ${places} arguments by place, and ${given.length} were given`);
  const names = slots.map(slot => slot.name);
  for (const key of Object.keys(named)) {
    if (!names.includes(key))
      throw refuse(`it has no parameter ${key}; its parameters are ${names.join(', ')}`);
    if (names.indexOf(key) < given.length) throw refuse(`${key} is given twice`);
  }
}

/** Handles become tensors; an operator that has changed an argument gives that very object back. */
function lift(type: SchemaType, value: unknown, given: readonly unknown[]): unknown {
  if (value === null) return null;
  if (type.entry !== undefined) {
    const { entry } = type;
    return (value as unknown[]).map(one => lift(entry, one, given));
  }
  if (type.kind !== 'Tensor') return value;
  const same = given.find(one => one instanceof TorchTensor && one.handle === value);
  return same ?? new TorchTensor(value as Handle);
}
