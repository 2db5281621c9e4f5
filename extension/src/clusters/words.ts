/** The words of the panel: names of states, and what a screen reader is told when something changes. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ClusterState, EngineState, EngineStateName } from './state.js';

/** A shape for each state, so that colour is never needed to tell them apart. */
export const stateShapes: Record<EngineStateName, string> = {
  starting: '◌',
  idle: '○',
  busy: '●',
  waiting: '◐',
  silent: '◇',
  lost: '✕',
  stopped: '■'
};

/** The state of an engine in the user's language. */
export function stateWord(state: EngineStateName, trans: TranslationBundle): string {
  switch (state) {
    case 'starting':
      return trans.__('starting');
    case 'idle':
      return trans.__('idle');
    case 'busy':
      return trans.__('busy');
    case 'waiting':
      return trans.__('waiting');
    case 'silent':
      return trans.__('silent');
    case 'lost':
      return trans.__('lost');
    case 'stopped':
      return trans.__('stopped');
  }
}

/** `4 of 4 engines ready`: those that are neither starting nor gone. */
export function readySentence(cluster: ClusterState, trans: TranslationBundle): string {
  return readyOf(readyCount(cluster), cluster.size, trans);
}

/** So many of so many. */
export function readyOf(ready: number, size: number, trans: TranslationBundle): string {
  return trans._n('%2 of %1 engine ready', '%2 of %1 engines ready', size, ready);
}

/** The engines that are neither starting nor gone. */
export function readyCount({ engines }: ClusterState): number {
  const gone: readonly EngineStateName[] = ['starting', 'silent', 'lost', 'stopped'];
  return engines.filter(({ state }) => !gone.includes(state)).length;
}

/** Engines whose rows are all in sight; of more than these, only those in trouble are. */
const mostInSight = 16;

/** The engines whose rows are in sight, and the others, which are counted and unfold. */
export function inSight(engines: readonly EngineState[]): [EngineState[], EngineState[]] {
  const isSeen = ({ state }: EngineState): boolean =>
    engines.length <= mostInSight || state === 'lost' || state === 'silent';
  return [engines.filter(isSeen), engines.filter(engine => !isSeen(engine))];
}

/** `62 idle, 2 busy`. */
export function countsOf(engines: readonly EngineState[], trans: TranslationBundle): string {
  const states = [...new Set(engines.map(({ state }) => state))];
  const count = (one: EngineStateName): number =>
    engines.filter(({ state }) => state === one).length;
  return states.map(one => trans.__('%1 %2', count(one), stateWord(one, trans))).join(', ');
}

/** What changed between two lists that is worth saying aloud: clusters that came or went, engines lost. */
export function announcements(
  before: readonly ClusterState[],
  after: readonly ClusterState[],
  trans: TranslationBundle
): string[] {
  const known = new Map(before.map(cluster => [cluster.id, cluster]));
  const still = new Set(after.map(({ id }) => id));
  return [
    ...after.flatMap(cluster => {
      const previous = known.get(cluster.id);
      return previous
        ? changedEngines(previous, cluster, trans)
        : [
            trans._n(
              'Cluster %2 is here with %1 engine.',
              'Cluster %2 is here with %1 engines.',
              cluster.size,
              cluster.id
            )
          ];
    }),
    ...before.filter(({ id }) => !still.has(id)).map(({ id }) => trans.__('Cluster %1 ended.', id))
  ];
}

/** Engines that are lost, or back from it. */
function changedEngines(
  before: ClusterState,
  after: ClusterState,
  trans: TranslationBundle
): string[] {
  const states = new Map(before.engines.map(({ rank, state }) => [rank, state]));
  return after.engines.flatMap(({ rank, state }) => {
    const previous = states.get(rank);
    if (state === previous) return [];
    if (state === 'lost') return [trans.__('Engine %1 of cluster %2 is lost.', rank, after.id)];
    const wasAway = previous === 'lost' || previous === 'starting';
    const isBack = wasAway && state !== 'starting' && state !== 'stopped';
    return isBack ? [trans.__('Engine %1 of cluster %2 is ready again.', rank, after.id)] : [];
  });
}

/** The last part of a path. */
export function nameOfPath(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
