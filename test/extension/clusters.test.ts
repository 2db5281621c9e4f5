/** What the panel believes of a kernel's messages, and what it says aloud. */
import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import {
  engineStates,
  isAnswer,
  isClustersPush,
  statsOf,
  type ClusterState,
  type EngineStateName
} from '../../extension/src/clusters/state.js';
import {
  announcements,
  countsOf,
  inSight,
  readySentence,
  stateShapes,
  stateWord
} from '../../extension/src/clusters/words.js';

const trans = nullTranslator.load('jupyterlab-decentlab');

const cluster = (id: string, ...states: EngineStateName[]): ClusterState => ({
  id,
  size: states.length,
  epoch: 1,
  engines: states.map((state, rank) => ({ rank, pid: 100 + rank, state }))
});

describe('a push from a kernel', () => {
  it.each([
    ['no clusters', { clusters: [] }, true],
    ['a cluster', { clusters: [cluster('a', 'idle')], current: 'a' }, true],
    ['an unknown state', { clusters: [{ ...cluster('a'), engines: [{ rank: 0, state: 'asleep' }] }] }, false], // prettier-ignore
    ['a cluster without engines', { clusters: [{ id: 'a', size: 1, epoch: 0 }] }, false],
    ['an error', { error: 'no' }, false],
    ['text', 'clusters', false]
  ])('with %s is told apart', (_, value, expected) => {
    expect(isClustersPush(value)).toBe(expected);
  });
});

const stats = {
  ...{ rank: 0, selfWeight: 0.5, sources: [1], weights: [0.5], topology: 'ring' },
  ...{ peers: [{ rank: 1, sentBytes: 8, receivedBytes: 8, receivedMessages: 1 }] },
  ...{ at: 1, memory: 1, cpu: 1 },
  ...{ rounds: 0, device: 'cpu', picked: { x: { value: 1, distance: 0 } } },
  variables: [{ name: 'x', type: 'Float64Array', shape: [2], norm: 1 }]
};

const span = { kind: 'wait', name: 'barrier', start: 0, end: 1, busy: 1, count: 1 };

describe('the stats of engines', () => {
  it.each([
    ['of one engine', [stats], true],
    ['of none', [], true],
    ['with a norm that is no number in JSON', [{ ...stats, variables: [{ ...stats.variables[0], norm: null }] }], true], // prettier-ignore
    ['with fewer weights than sources', [{ ...stats, weights: [] }], false],
    ['with a source that is text', [{ ...stats, sources: ['1'] }], false],
    ['with what was done lately', [{ ...stats, lately: { now: 1, stretches: [span] } }], true],
    ['with a kind of work that is none', [{ ...stats, lately: { now: 1, stretches: [{ ...span, kind: 'rest' }] } }], false], // prettier-ignore
    ['without peers', [{ ...stats, peers: undefined }], false]
  ])('%s are told apart', (_, engines, expected) => {
    expect(statsOf({ stats: { id: 'a', engines } }) !== null).toBe(expected);
  });

  it('are no answer to a request', () => {
    expect(isAnswer({ stats: { id: 'a', engines: [] } })).toBe(false);
    expect(isAnswer({ request: 1, value: null })).toBe(true);
  });
});

describe('the words of the panel', () => {
  it('each state has a word and a shape of its own', () => {
    expect(new Set(engineStates.map(state => stateShapes[state])).size).toBe(engineStates.length);
    expect(engineStates.map(state => stateWord(state, trans))).toEqual([...engineStates]);
  });

  it.each<[string, EngineStateName[], number, string]>([
    ['all rows of 16 engines', Array<EngineStateName>(16).fill('idle'), 16, ''],
    ['no row of 17 that are well', Array<EngineStateName>(17).fill('busy'), 0, '17 busy'],
    [
      'of many those in trouble',
      ['lost', 'silent', 'starting', ...Array<EngineStateName>(61).fill('idle')],
      2,
      '1 starting, 61 idle'
    ]
  ])('%s are in sight, and the others are counted', (_, states, count, words) => {
    const [seen, folded] = inSight(cluster('a', ...states).engines);
    expect([seen.length, countsOf(folded, trans)]).toEqual([count, words]);
  });

  it('engines that start or are gone are not counted as ready', () => {
    const mixed = cluster('a', 'idle', 'busy', 'waiting', 'starting', 'lost', 'stopped');
    expect(readySentence(mixed, trans)).toBe('3 of 6 engines ready');
  });

  it.each([
    ['a new cluster', [], [cluster('a', 'idle')], ['Cluster a is here with 1 engine.']],
    ['a larger one', [], [cluster('b', 'idle', 'idle')], ['Cluster b is here with 2 engines.']],
    ['a cluster that ended', [cluster('a', 'idle')], [], ['Cluster a ended.']],
    ['a lost engine', [cluster('a', 'idle', 'busy')], [cluster('a', 'idle', 'lost')], ['Engine 1 of cluster a is lost.']], // prettier-ignore
    ['an engine lost before', [cluster('a', 'lost')], [cluster('a', 'lost')], []],
    ['one that comes back', [cluster('a', 'lost')], [cluster('a', 'starting')], []],
    ['one that is back', [cluster('a', 'starting')], [cluster('a', 'idle')], ['Engine 0 of cluster a is ready again.']], // prettier-ignore
    ['mere work', [cluster('a', 'idle')], [cluster('a', 'busy')], []]
  ])('of %s it says what is worth saying', (_, before, after, expected) => {
    expect(announcements(before, after, trans)).toEqual(expected);
  });
});
