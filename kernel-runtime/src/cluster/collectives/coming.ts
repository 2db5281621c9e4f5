/** Things that are here already, or come later. */

/** All of them, once the last has come. @throws the first error of one that was to come */
export function allOf<T>(coming: readonly (T | Promise<T>)[]): Promise<T[]> {
  return Promise.all(coming);
}
