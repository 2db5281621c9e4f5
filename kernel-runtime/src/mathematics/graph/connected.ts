/** Whether what one node knows can reach every other node, and which nodes are cut off. */
import { isSchedule, type Schedule } from './schedules.js';
import { sparseWeights } from './sparse.js';
import type { Verdict } from './stochastic.js';
import type { Topology } from './topology.js';

/** True if every node reaches every node along the directions of the links; of a schedule, those of all its steps. */
export function isConnected(graph: Topology | Schedule): boolean {
  return connectivity(graph).ok;
}

/**
 * Whether the graph is strongly connected: every node reaches every node along the directions of the links. For a
 * schedule, the links of all steps of its period are taken together.
 * @param among the nodes that count, with no links to others. Defaults to all
 * @returns the verdict with the nodes that are cut off from the largest group of nodes that all reach each other
 */
export function connectivity(graph: Topology | Schedule, among?: readonly number[]): Verdict {
  const { hears, isHeard } = isSchedule(graph) ? union(graph) : linksOf(graph);
  const nodesThatCount = among ?? Array.from(hears.keys());
  const main = largestGroup(nodesThatCount, hears, isHeard);
  if (main.size === nodesThatCount.length)
    return { ok: true, why: 'Every node reaches every other.' };
  const one = main.values().next().value!;
  const reached = reachedFrom(one, isHeard);
  const reaching = reachedFrom(one, hears);
  const outside = nodesThatCount.filter(i => !main.has(i));
  const split = outside.filter(i => !reached.has(i) && !reaching.has(i));
  const deaf = outside.filter(i => !reached.has(i) && reaching.has(i));
  const mute = outside.filter(i => reached.has(i) && !reaching.has(i));
  const sentences = [
    split.length > 0 ? `${nodes(split)} cut off from the others, in both directions.` : '',
    deaf.length > 0 ? `${nodes(deaf)} heard by the others, but nothing reaches ${them(deaf)}.` : '',
    mute.length > 0 ? `${nodes(mute)} reached by the others, but never heard by them.` : ''
  ];
  return { ok: false, why: sentences.filter(Boolean).join(' ') };
}

/** By rank, the ranks at the other end of its links. */
type Links = readonly Iterable<number>[];

/** Who hears whom: the sources of each rank, and its destinations. */
interface BothWays {
  readonly hears: Links;
  readonly isHeard: Links;
}

function linksOf(topology: Topology): BothWays {
  const { rows, destinations } = sparseWeights(topology);
  return { hears: rows.map(({ sources }) => sources), isHeard: destinations };
}

function union(schedule: Schedule): BothWays {
  const hears = Array.from({ length: schedule(0).size }, () => new Set<number>());
  const isHeard = hears.map(() => new Set<number>());
  for (let k = 0; k < schedule.period; k++) {
    const step = linksOf(schedule(k));
    step.hears.forEach((sources, i) => {
      for (const j of sources) {
        hears[i].add(j);
        isHeard[j].add(i);
      }
    });
  }
  return { hears, isHeard };
}

/** The largest set of nodes that all reach each other. */
function largestGroup(among: readonly number[], hears: Links, isHeard: Links): Set<number> {
  const placed = new Set<number>();
  let largest = new Set<number>();
  for (const i of among) {
    if (placed.has(i)) continue;
    const back = reachedFrom(i, hears);
    const group = new Set([...reachedFrom(i, isHeard)].filter(j => back.has(j)));
    for (const j of group) placed.add(j);
    if (group.size > largest.size) largest = group;
  }
  return largest;
}

function reachedFrom(start: number, next: Links): Set<number> {
  const reached = new Set([start]);
  for (const node of reached) for (const other of next[node]) reached.add(other);
  return reached;
}

function them(ranks: readonly number[]): string {
  return ranks.length === 1 ? 'it' : 'them';
}

/** `Node 3 is`, `Nodes 3, 5 and 8 are`. */
function nodes(ranks: readonly number[]): string {
  if (ranks.length === 1) return `Node ${ranks[0]} is`;
  const shown = ranks.slice(0, 8);
  const last = ranks.length > shown.length ? `${ranks.length - shown.length} more` : shown.pop();
  return `Nodes ${shown.join(', ')} and ${last} are`;
}
