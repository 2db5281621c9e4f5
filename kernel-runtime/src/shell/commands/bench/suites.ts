/** The suites of `decentlab bench`; each is loaded when it is asked for. */
import type { Suite } from './suite.js';

/** By name: the module of a suite exports it as `suite`. */
export const SUITES: Readonly<Record<string, () => Promise<{ readonly suite: Suite }>>> = {
  link: () => import('./link.js'),
  collectives: () => import('./collectives.js'),
  cells: () => import('./cells.js'),
  solve: () => import('./solve.js'),
  tensor: () => import('./tensor.js'),
  train: () => import('./train.js')
};
