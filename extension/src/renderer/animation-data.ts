/** An animation from a notebook, looked at before it is drawn: notebooks come from anywhere. */

export interface AnimationData {
  title: string;
  label: string;
  size: number;
  edges: { from: number; to: number; weight: number }[];
  iterations: number[];
  frames: (number | null)[][];
}

const mostNodes = 1024;

/** The animation in `value`; null if it is none, or does not fit together. */
export function animationOf(value: unknown): AnimationData | null {
  if (!isRecord(value)) return null;
  const { title, label, size, edges, iterations, frames } = value;
  const isFitting =
    typeof title === 'string' &&
    typeof label === 'string' &&
    isCount(size) &&
    size > 0 &&
    size <= mostNodes &&
    isListOf(edges, edge => isEdge(edge, size)) &&
    isListOf(iterations, isNumber) &&
    isListOf(frames, frame => isListOf(frame, isNumberOrNull) && frame.length === size) &&
    frames.length === iterations.length &&
    frames.length > 0;
  return isFitting ? (value as unknown as AnimationData) : null;
}

function isEdge(value: unknown, size: number): boolean {
  if (!isRecord(value)) return false;
  const { from, to, weight } = value;
  return isCount(from) && isCount(to) && from < size && to < size && isNumber(weight);
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(isItem);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isNumberOrNull(value: unknown): boolean {
  return value === null || isNumber(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
