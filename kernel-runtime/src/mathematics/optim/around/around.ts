/** What the methods around a rule share. */
import type { Algorithm, State } from '../algorithm.js';
import type { Rule } from './rule.js';

export interface RuleState<S> extends State {
  /** What the rule remembers. */
  memory: S;
}

/** The name and options of a method around a rule: `adapt-then-combine of adam`. */
export function labelOf(
  method: string,
  { name, options }: Pick<Rule, 'name' | 'options'>,
  own: Readonly<Record<string, unknown>> = {}
): Required<Pick<Algorithm, 'name' | 'options'>> {
  return { name: `${method} of ${name}`, options: { ...options, ...own } };
}
