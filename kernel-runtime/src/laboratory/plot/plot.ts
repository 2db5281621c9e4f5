/** The words of `plot`. Re-exports only. */
export { animation, type Animation, type AnimationOptions } from './animation.js';
export {
  convergence,
  type ConvergenceOptions,
  type Series,
  type SeriesValues
} from './convergence.js';
export { Figure } from './figure.js';
export { graph, type GraphOptions } from './graph.js';
export { lines, type Line, type LinesOptions } from './lines.js';
export { matrix, type MatrixOptions } from './matrix.js';
export { panels, type PanelsOptions } from './panels.js';
export { save, type SaveOptions } from './save.js';
export { stabilityMap, type NamedSpectrum, type StabilityMapOptions } from './stability-map.js';
export { timeline, type TimelineOptions, type TraceLike } from './timeline.js';
export { trajectory, type Path, type TrajectoryOptions } from './trajectory.js';
