/** Words of a cell for parts of its work, as they stand in the timeline of its cluster. */
import { CellTime } from './cell-time.js';
import { spans } from '../net/spans.js';

/** The time of this process's cells. */
export const cellTime = new CellTime(spans);

/** What `timelineStartActivity` has begun, by name. */
const begun = new Map<string, () => void>();

/**
 * Does some work under a name, which a timeline shows: `const g = activity('gradient', () => gradient(x))`. If the work is
 * asynchronous, it lasts until its promise has settled. Without a timeline it only does the work.
 * @returns what the work returns
 */
export function activity<T>(name: string, work: () => T): T {
  const end = spans.begin('activity', String(name));
  let result: T;
  try {
    result = work();
  } catch (error) {
    end();
    throw error;
  }
  if (result instanceof Promise) result.then(end, end);
  else end();
  return result;
}

/**
 * Begins an activity, as in BlueFog: `timelineStartActivity('x', 'gradient')`; one that the same name had begun ends.
 * @returns false if no timeline is recorded
 */
export function timelineStartActivity(name: string, activityName: string): boolean {
  timelineEndActivity(name);
  if (spans.isOn) begun.set(name, spans.begin('activity', `${activityName} (${name})`));
  return spans.isOn;
}

/** Ends the activity of this name. @returns false if there is none, or no timeline is recorded */
export function timelineEndActivity(name: string): boolean {
  const end = begun.get(name);
  begun.delete(name);
  end?.();
  return end !== undefined;
}
