/** `$operator`: what `a + b` means in a cell where the compiler does not know both to be plain. */

type Operator = 'plus' | 'minus' | 'star' | 'slash';
type Apply = (operator: Operator, left: unknown, right: unknown) => unknown;

/** Creates `$operator` on the vectors, matrices and tensors of the prelude; other values keep JavaScript's meaning. */
export function createOperator(prelude: Record<string, unknown>): Apply {
  const onVectors = prelude['operator'] as Apply | undefined;
  const Matrix = prelude['Matrix'] as (abstract new () => unknown) | undefined;
  const isVector = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    (value instanceof Float64Array ||
      value instanceof Float32Array ||
      (Matrix !== undefined && value instanceof Matrix) ||
      isTensor(value));
  return (operator, left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return native(operator, left, right);
    if (onVectors && (isVector(left) || isVector(right))) return onVectors(operator, left, right);
    return native(operator, left, right);
  };
}

/** A tensor of TensorFlow.js, known by its members: it may come before anything of ours has loaded TensorFlow.js. */
function isTensor(value: object): boolean {
  return 'dataId' in value && 'dtype' in value && 'shape' in value;
}

/** Creates `$compound`: `object.key -= value` with the object evaluated once. */
export function compoundAssigner(apply: Apply) {
  return (
    operator: Operator,
    object: Record<PropertyKey, unknown>,
    key: PropertyKey,
    value: unknown
  ): unknown => (object[key] = apply(operator, object[key], value));
}

function native(operator: Operator, left: unknown, right: unknown): unknown {
  // JavaScript's own conversions: the operands may be strings, dates or big integers, whatever the cell holds.
  const [a, b] = [left, right] as [number, number];
  switch (operator) {
    case 'plus':
      return a + b;
    case 'minus':
      return a - b;
    case 'star':
      return a * b;
    case 'slash':
      return a / b;
  }
}
