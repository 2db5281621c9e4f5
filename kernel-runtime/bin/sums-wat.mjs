/**
 * The kernels of weighted sums over the link's shared memory, as WebAssembly in text: each for each type of numbers, from
 * one equation. Addresses of arrays are in bytes, `$n` is their length in numbers; `$out` may be `$x` or `$y` itself.
 */

/** By name: what it takes, and out_i. A `rounded` product is stored before something is added to it. */
const EQUATIONS = {
  scale: { arrays: ['x'], weights: ['u'], of: ({ mul, u, x }) => mul(u, x) },
  axpy: { arrays: ['x', 'y'], weights: ['v'], of: ({ add, mul, v, x, y }) => add(x, mul(v, y)) },
  axpby: {
    ...{ arrays: ['x', 'y'], weights: ['u', 'v'] },
    of: ({ add, mul, rounded, u, v, x, y }) => add(rounded(mul(u, x)), mul(v, y))
  },
  add: { arrays: ['x', 'y'], weights: [], of: ({ add, x, y }) => add(x, y) },
  divide: { arrays: ['x'], weights: ['d'], of: ({ div, d, x }) => div(x, d) },
  mean: { arrays: ['x', 'y'], weights: ['d'], of: ({ add, div, d, x, y }) => div(add(x, y), d) }
};

/**
 * The names of instructions for numbers of a type: one at a time, and as many as a vector holds. Weighted sums of float32
 * are computed in float64 and rounded once for each stored number, as JavaScript does with a Float32Array; where a single
 * operation on float32 gives the same bits, it is taken.
 */
const TYPES = {
  float64: { one: plain('f64', 8), several: plainVector('f64x2'), names: Object.keys(EQUATIONS) },
  float32: {
    one: plain('f32', 4),
    several: plainVector('f32x4'),
    names: ['add', 'divide', 'mean']
  },
  'float32 by float64': {
    ...{ one: widened(), several: widenedVector() },
    names: ['scale', 'axpy', 'axpby']
  },
  int32: {
    ...{ one: plain('i32', 4), several: plainVector('i32x4') },
    names: ['scale', 'axpy', 'axpby', 'add']
  }
};

/** Bytes of the arrays that one round of a loop goes through: of several loads, the memory serves many at a time. */
const BLOCK_BYTES = 128;

function plain(type, bytes) {
  return {
    ...{ type, bytes, weightType: type, weight: name => get(name) },
    load: (array, at) => `(${type}.load offset=${at} ${get(array)})`,
    store: (value, at) => `(${type}.store offset=${at} ${get('out')} ${value})`,
    rounded: value => value
  };
}

function plainVector(type) {
  return {
    ...{ type, bytes: 16, weight: name => `(${type}.splat ${get(name)})` },
    load: (array, at) => `(v128.load offset=${at} ${get(array)})`,
    store: (value, at) => `(v128.store offset=${at} ${get('out')} ${value})`,
    rounded: value => value
  };
}

function widened() {
  const [wide, narrow] = [v => `(f64.promote_f32 ${v})`, v => `(f32.demote_f64 ${v})`];
  const { load, store } = plain('f32', 4);
  return {
    ...{ type: 'f64', bytes: 4, weightType: 'f64', weight: name => get(name) },
    load: (array, at) => wide(load(array, at)),
    store: (value, at) => store(narrow(value), at),
    rounded: value => wide(narrow(value))
  };
}

function widenedVector() {
  const wide = value => `(f64x2.promote_low_f32x4 ${value})`;
  const narrow = value => `(f32x4.demote_f64x2_zero ${value})`;
  return {
    ...{ type: 'f64x2', bytes: 8, weight: name => `(f64x2.splat ${get(name)})` },
    load: (array, at) => wide(`(v128.load64_zero offset=${at} ${get(array)})`),
    store: (value, at) => `(v128.store64_lane offset=${at} 0 ${get('out')} ${narrow(value)})`,
    rounded: value => wide(narrow(value))
  };
}

function get(name) {
  return `(local.get $${name})`;
}

/** out_i = … for the numbers from `at` bytes behind the addresses on. */
function assignment({ arrays, weights, of }, numbers, at) {
  const { type, load, store, rounded, weight } = numbers;
  const operation = name => (a, b) => `(${type}.${name} ${a} ${b})`;
  const value = of({
    ...{ add: operation('add'), mul: operation('mul'), div: operation('div'), rounded },
    ...Object.fromEntries(weights.map(name => [name, weight(name)])),
    ...Object.fromEntries(arrays.map(name => [name, load(name, at)]))
  });
  return store(value, at);
}

/** Goes through the arrays by so many bytes, until `$out` is `end`. */
function loop(arrays, bytes, end, assignments) {
  const advance = name => `(local.set $${name} (i32.add ${get(name)} (i32.const ${bytes})))`;
  return `
    (block (loop
      (br_if 1 (i32.eq ${get('out')} ${get(end)}))
      ${[...assignments, ...arrays.map(advance)].join('\n      ')}
      (br 0)))`;
}

function kernel(name, typeName, { one, several }) {
  const equation = EQUATIONS[name];
  const arrays = ['out', ...equation.arrays];
  const params = [
    ...arrays.map(array => `(param $${array} i32)`),
    ...equation.weights.map(weight => `(param $${weight} ${one.weightType})`)
  ];
  const behind = (numbers, bytes) =>
    `(i32.add ${get('out')} (i32.mul ${numbers} (i32.const ${bytes})))`;
  const perBlock = BLOCK_BYTES / one.bytes;
  const inBlocks = `(i32.and ${get('n')} (i32.const ${-perBlock}))`;
  const steps = Array.from({ length: BLOCK_BYTES / several.bytes }, (_, k) =>
    assignment(equation, several, k * several.bytes)
  );
  return `
  (func (export "${name}_${typeName}") ${params.join(' ')} (param $n i32)
    (local $end i32) (local $blocks i32)
    (local.set $end ${behind(get('n'), one.bytes)})
    (local.set $blocks ${behind(inBlocks, one.bytes)})
    ${loop(arrays, BLOCK_BYTES, 'blocks', steps)}
    ${loop(arrays, one.bytes, 'end', [assignment(equation, one, 0)])}
  )`;
}

/** The module in text. */
export const sumsInText = `(module
  (import "link" "memory" (memory 1 65536 shared))
  ${Object.entries(TYPES)
    .flatMap(([type, { names, ...numbers }]) =>
      names.map(name => kernel(name, type.split(' ')[0], numbers))
    )
    .join('\n')}
)`;
