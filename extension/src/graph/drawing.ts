/** A W that is drawn: its links, its rule, and the steps that can be undone. Pure. */
import type { Drawing, DrawingRule } from '../clusters/state.js';
import type { Edge } from './scene.js';

/** A drawing that nothing changes any more: each step is a new one. */
export interface Draft extends Drawing {
  /** Whether a link that is added or taken away goes both ways. Metropolis–Hastings knows no others. */
  isTwoWay: boolean;
}

/** The drawing of these links. Links that all go both ways get Metropolis–Hastings weights. */
export function draftOf(size: number, edges: readonly Edge[]): Draft {
  const sources = Array.from({ length: size }, (_, to) =>
    edges
      .filter(edge => edge.to === to && edge.from !== to && edge.weight !== 0)
      .map(({ from }) => from)
      .sort((a, b) => a - b)
  );
  const isTwoWay = sources.every((from, i) => from.every(j => sources[j]?.includes(i)));
  return { size, sources, rule: isTwoWay ? 'metropolis' : 'averaging', isTwoWay };
}

/** Whether a rank takes from another; of a draft whose links go both ways, in either direction. */
export function isLinked({ sources, isTwoWay }: Draft, from: number, to: number): boolean {
  const takes = (i: number, j: number): boolean => sources[i]?.includes(j) ?? false;
  return takes(to, from) || (isTwoWay && takes(from, to));
}

/** The draft with the link, or without it if it was there. */
export function toggled(draft: Draft, from: number, to: number): Draft {
  if (from === to) return draft;
  const isThere = isLinked(draft, from, to);
  const ends: [from: number, to: number][] = [[from, to], ...(draft.isTwoWay ? [[to, from] as [number, number]] : [])]; // prettier-ignore
  const sources = draft.sources.map((near, i) => {
    const mine = ends.filter(end => end[1] === i).map(end => end[0]);
    const rest = near.filter(j => !mine.includes(j));
    return isThere ? rest : [...rest, ...mine].sort((a, b) => a - b);
  });
  return { ...draft, sources };
}

/** The draft by another rule; Metropolis–Hastings makes every link go both ways. */
export function withRule(draft: Draft, rule: DrawingRule): Draft {
  if (rule === 'averaging') return { ...draft, rule };
  const sources = draft.sources.map((near, i) =>
    draft.sources.flatMap((others, j) => (near.includes(j) || others.includes(i) ? [j] : []))
  );
  return { ...draft, rule, sources, isTwoWay: true };
}

const tolerance = 1e-9;

interface Row {
  readonly selfWeight: number;
  readonly sources: readonly number[];
  readonly weights: readonly number[];
}

interface WithRows {
  readonly topology: { readonly rows: readonly Row[] };
  readonly rho: number | null;
}

/**
 * What a W cannot do, though it may be set: `mean`, some column does not sum to 1, so that averaging moves the mean;
 * `agreement`, ρ is 1, so that some ranks never hear of others. Null for a W that averages.
 */
export function flawOf({ topology: { rows }, rho }: WithRows): 'mean' | 'agreement' | null {
  const sums = rows.map(({ selfWeight }) => selfWeight);
  for (const { sources, weights } of rows)
    sources.forEach((j, k) => (sums[j] = (sums[j] ?? 0) + (weights[k] ?? 0)));
  if (sums.some(sum => Math.abs(sum - 1) > tolerance)) return 'mean';
  return rho !== null && rows.length > 1 && rho > 1 - tolerance ? 'agreement' : null;
}
