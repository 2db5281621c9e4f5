/** A graph whose nodes change from iteration to iteration: a slider in JupyterLab, the curves of all nodes elsewhere. */
import { DecentLabError } from '../../errors.js';
import type { Topology } from '../../mathematics/graph/topology.js';
import { lines } from './lines.js';
import { brief, coordinate, spread } from './numbers.js';
import type { Coordinate } from './traces.js';

/** What the extension draws; the frames are in the notebook, so that its slider needs no kernel. */
export const ANIMATION_MIME = 'application/vnd.decentlab.animation+json';

export interface AnimationOptions {
  /** Defaults to the topology's name and size. */
  title?: string;
  /** What a node's number is. Defaults to "value". */
  label?: string;
}

/** The content of the MIME type. */
export interface AnimationData {
  readonly title: string;
  readonly label: string;
  readonly size: number;
  /** j → i with w_ij. */
  readonly edges: readonly { from: number; to: number; weight: number }[];
  /** The iteration of each frame. */
  readonly iterations: readonly number[];
  /** By frame, the number of each node; null where it is not finite. */
  readonly frames: readonly (readonly Coordinate[])[];
}

/** More frames are not told apart on a slider, and would only make the notebook large. */
const MOST_FRAMES = 200;

/**
 * The nodes of `topology`, coloured by one number each, iteration by iteration.
 * @param values one list a rank, with an entry an iteration, all of the same length
 * @throws SHAPE_MISMATCH for another number of lists, and for lists of different lengths or without entries
 */
export function animation(
  topology: Topology,
  values: readonly ArrayLike<number>[],
  options: AnimationOptions = {}
): Animation {
  const { name, size } = topology;
  const { title = `${name}, ${size} nodes`, label = 'value' } = options;
  const length = assertShape(size, values);
  const iterations = spread(length, MOST_FRAMES);
  const frames = iterations.map(k => values.map(list => coordinate(list[k], false)));
  return new Animation({ title, label, size, edges: edgesOf(topology), iterations, frames });
}

export class Animation {
  constructor(readonly data: AnimationData) {}

  /** The curves of all nodes, for places without a slider. */
  toSvg(): string {
    const { title, label, size, iterations, frames } = this.data;
    const series = Array.from({ length: size }, (_, rank) => ({
      name: `node ${rank}`,
      x: iterations,
      y: frames.map(frame => frame[rank] ?? NaN)
    }));
    return lines({ title, series, xLabel: 'iteration k', yLabel: label }).toSvg();
  }

  toString(): string {
    const { title, label, iterations, frames } = this.data;
    const last = (frames.at(-1) ?? []).filter(value => value !== null);
    const [low, high] = [Math.min(...last), Math.max(...last)];
    const end = last.length > 0 ? `from ${brief(low)} to ${brief(high)}` : 'no number';
    return `${title}: ${label} over ${iterations.length} frames, at the end ${end}`;
  }

  /** The MIME bundle that a notebook keeps. */
  [Symbol.for('Jupyter.display')](): Record<string, unknown> {
    return {
      [ANIMATION_MIME]: this.data,
      'image/svg+xml': this.toSvg(),
      'text/plain': this.toString()
    };
  }
}

function assertShape(size: number, values: readonly ArrayLike<number>[]): number {
  const length = values[0]?.length ?? 0;
  const wrong = values.findIndex(list => list.length !== length);
  if (values.length === size && wrong < 0 && length > 0) return length;
  const received =
    values.length !== size
      ? `${values.length} lists`
      : `${values[Math.max(0, wrong)].length} of rank ${Math.max(0, wrong)}`;
  throw new DecentLabError('SHAPE_MISMATCH', {
    what: 'plot.animation',
    expected: `${size} lists of one length, at least 1`,
    received
  });
}

function edgesOf({ W, size }: Topology): AnimationData['edges'] {
  const edges: { from: number; to: number; weight: number }[] = [];
  for (let to = 0; to < size; to++)
    for (let from = 0; from < size; from++) {
      const weight = W.at(to, from);
      if (from !== to && weight !== 0) edges.push({ from, to, weight });
    }
  return edges;
}
