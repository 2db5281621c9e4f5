/** What compiled cells call in place of `+ - * /` where the operands may be vectors, matrices or tensors. */

type Operator = 'plus' | 'minus' | 'star' | 'slash';

/** The library's `operator`: also numbers and strings, with JavaScript's own meaning. */
export type Apply = (operator: Operator, left: unknown, right: unknown) => unknown;

/** Creates `$compound`: `object.key -= value`, with the object and the key evaluated once. */
export function compoundAssigner(apply: Apply) {
  return (
    operator: Operator,
    object: Record<PropertyKey, unknown>,
    key: PropertyKey,
    value: unknown
  ): unknown => (object[key] = apply(operator, object[key], value));
}
