/** The hints of an exercise in a cell, for those who work without JupyterLab's buttons. */
import { DecentLabError } from '../../errors.js';
import { checkBeside } from './check-files.js';

/**
 * One hint of an exercise, from the file of checks beside the lesson.
 * @param id number of the exercise in its lesson, e.g. `2.1`
 * @param number which of them, from the gentlest on; defaults to 1
 * @throws CHECK_UNKNOWN if there is no such exercise, VALUE_INVALID if it has no such hint
 */
export function hint(id: string, number = 1): string {
  const { hints = [] } = checkBeside(id);
  const text = hints[number - 1];
  if (text !== undefined) return `Hint ${number} of ${hints.length}: ${text}`;
  throw new DecentLabError('VALUE_INVALID', {
    what: `hint('${id}', ${number})`,
    expected: hints.length > 0 ? `a number from 1 to ${hints.length}` : 'an exercise with hints',
    received: hints.length > 0 ? number : 'one without'
  });
}
