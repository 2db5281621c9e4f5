/** The gradient norm of an engine: of a variable that is called so, or of the one that the user has picked. */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { VariableStats } from '../clusters/state.js';
import { shortNumber } from './scene.js';

/** Names by which lessons and papers call it, most telling first. */
const usualNames = ['gradientnorm', 'gradnorm', 'gradient', 'grad', 'g'];

interface GradientProps {
  variables: readonly VariableStats[];
  /** What the user has picked; null for what is called so. */
  picked: string | null;
  onPick(name: string | null): void;
  trans: TranslationBundle;
}

/** The variable that holds the gradient: the picked one, else one that is called so. */
export function gradientOf(
  variables: readonly VariableStats[],
  picked: string | null
): VariableStats | undefined {
  if (picked !== null) return variables.find(({ name }) => name === picked);
  const named = (usual: string): VariableStats | undefined =>
    variables.find(({ name }) => name.replaceAll('_', '').toLowerCase() === usual);
  return usualNames.map(named).find(variable => variable !== undefined);
}

/** The norm and the choice. */
export function Gradient({ variables, picked, onPick, trans }: GradientProps): React.JSX.Element {
  const variable = gradientOf(variables, picked);
  const names = variables.map(({ name }) => name);
  const options = picked === null || names.includes(picked) ? names : [picked, ...names];
  return (
    <>
      {variable ? normOf(variable) : '–'}{' '}
      <select
        className="jp-mod-styled"
        aria-label={trans.__('Variable with the gradient')}
        value={picked ?? ''}
        onChange={({ currentTarget: { value } }) => onPick(value === '' ? null : value)}
      >
        <option value="">
          {variable && picked === null
            ? trans.__('%1, by its name', variable.name)
            : trans.__('by its name')}
        </option>
        {options.map(name => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </>
  );
}

/** NaN and infinities come as null. */
export function normOf({ norm }: { norm: number | null }): string {
  return norm === null ? 'NaN' : shortNumber(norm);
}
