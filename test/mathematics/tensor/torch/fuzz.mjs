/**
 * Thousands of random argument lists at the operators of the addon, in this process: it must live to the end. Prints
 * `{ calls, errors, results }`. Arguments: path of the addon, seed, calls, and the operators that this run begins at.
 */
import { createRequire } from 'node:module';
import { writeSync } from 'node:fs';

const [addonFile, seedText, callsText, namesText = ''] = process.argv.slice(2);
const addon = createRequire(import.meta.url)(addonFile);
let state = Number(seedText) >>> 0 || 1;
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const pick = list => list[Math.floor(random() * list.length)];

/** The operators that cells are offered; `combinations` of a long list only takes long. */
const LEFT_OUT =
  /^aten::(_|combinations|cartesian_prod|from_file|slow_conv3d_forward|fbgemm_|mkldnn_|cudnn_|miopen_|mps_)|quantize|_backward(\.|$)/;
const names = namesText
  ? namesText.split(',')
  : addon
      .names()
      .sort()
      .filter(name => name.startsWith('aten::') && !LEFT_OUT.test(name));
const operators = names.map(full => {
  const [name, overload = ''] = full.split('.');
  return { full, ...addon.find(name, overload) };
});

addon.threads(1);
const make = (values, type, shape) => addon.from(values, type, shape, 'cpu');
let tensors = [];
/** New ones now and then: operators change and resize what they are given. */
function renew() {
  for (const tensor of tensors) addon.release(tensor);
  tensors = [
    make(Float32Array.of(1, 2, 3, 4), 6, [2, 2]),
    make(new Float32Array(24), 6, [2, 3, 4]),
    make(new Float32Array(0), 6, [0, 3]),
    make(Float64Array.of(NaN, Infinity, -1), 7, [3]),
    make(Int32Array.of(1, 0, 5), 3, [3]),
    make(BigInt64Array.of(2n, -7n, 100n), 4, [3]),
    make(Uint8Array.of(1, 0), 11, [2]),
    make(Float32Array.of(1, 2, 3, 4), 9, [2]),
    make(Float32Array.of(5), 6, []),
    make(new Float32Array(2 * 3 * 5 * 5), 6, [2, 3, 5, 5])
  ];
}
renew();
const gone = make(Float32Array.of(1), 6, [1]);
addon.release(gone);

const hostile = () =>
  pick([
    () => undefined,
    () => null,
    () => 'text',
    () => Symbol('s'),
    () => 3.5,
    () => NaN,
    () => 2 ** 40,
    () => 2 ** 60,
    () => -1,
    () => 123n,
    () => 2n ** 70n,
    () => true,
    () => () => 1,
    () => ({}),
    () => [[]],
    () => [1, 'two', null],
    () => new Float32Array(3),
    () => new ArrayBuffer(4),
    () => gone,
    () => tensors[0] + 1,
    () => new Date(0),
    () => Promise.resolve(1),
    () => ({ real: 1, imag: 'x' }),
    () => ({
      get real() {
        throw new Error('getter');
      },
      imag: 1
    }),
    () =>
      new Proxy([1, 2], {
        get: () => {
          throw new Error('proxy');
        }
      }),
    () => Object.assign([1, 2, 3], { length: 3000 }),
    () => new Proxy({}, {})
  ])();
const small = () => pick([0, 1, 2, 3, -1, -2, 5, 7]);

/** A value that the schema's type takes, more or less. */
function fitting(type) {
  if (type.endsWith('?')) return random() < 0.4 ? null : fitting(type.slice(0, -1));
  const list = /^(.*)\[\d*\]$/.exec(type);
  if (list) return Array.from({ length: pick([0, 1, 2, 2, 3, 4]) }, () => fitting(list[1]));
  if (type === 'Tensor') return pick(tensors);
  if (type === 'bool') return random() < 0.5;
  if (type === 'float') return pick([0, 1, -1.5, 0.25, NaN, Infinity]);
  if (type === 'Scalar' || type === 'number') return pick([1, 0, -2.5, true, { real: 1, imag: 2 }]);
  if (type === 'ScalarType') return pick([0, 3, 4, 6, 7, 9, 11, 40]);
  if (type === 'Device') return pick(['cpu', 'cuda:0', 'meta', 'nowhere']);
  if (type === 'str') return pick(['', 'sum', 'mean', 'ij,jk->ik', 'none']);
  return small();
}

const log = process.env.FUZZ_LOG === '1';
let errors = 0;
let results = 0;
const calls = Number(callsText);
for (let k = 0; k < calls; k++) {
  const operator = namesText ? operators[k % operators.length] : pick(operators);
  const { index, parameters, full } = operator;
  const wild = random();
  const values = parameters.map(({ type }) =>
    random() < (wild < 0.5 ? 0.3 : 0) ? hostile() : fitting(type)
  );
  if (wild < 0.1) values.push(hostile());
  if (wild > 0.9) values.length = Math.floor(random() * values.length);
  if (log) writeSync(2, `${k} ${full}\n`);
  try {
    const result = addon.call(index, ...values);
    results += 1;
    for (const one of [result].flat())
      if (typeof one === 'number' && one > 1e7 && !tensors.includes(one)) addon.release(one);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    errors += 1;
  }
  if (k % 20 === 19) renew();
}
for (const name of Object.keys(addon)) {
  if (typeof addon[name] !== 'function' || name === 'call' || name === 'loadCuda') continue;
  for (let k = 0; k < 300; k++) {
    try {
      const result = addon[name](
        ...Array.from({ length: pick([0, 1, 2, 3, 4, 70]) }, () =>
          random() < 0.3 ? pick(tensors) : hostile()
        )
      );
      if (result instanceof Promise) await result;
    } catch {
      errors += 1;
    }
  }
}
console.log(JSON.stringify({ calls, errors, results, operators: operators.length, ended: 1 }));
