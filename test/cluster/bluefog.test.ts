/** The contract of all operations on real engines: one cluster for each number of ranks. */
import { ClusterError, type Cluster } from 'decentlab';
import { nodesPerMachine } from '../mathematics/contract/bluefog/case.js';
import { bluefogContract, type RunCases } from '../mathematics/contract/bluefog/contract.js';
import { startCluster } from './real-cluster.js';

const clusters = new Map<number, Promise<Cluster>>();

/** What the engines know under the names of the contract's library: their prelude, and the outcome of a call. */
const LIBRARY = `const library = {
  exponentialTwoGraph, ringGraph, fullyConnectedGraph, meshGrid2DGraph, starGraph, topologyFromWeights, Matrix, topK,
  async outcomeOf(call) {
    try {
      await call();
      return { message: 'resolved' };
    } catch ({ code, message }) {
      return { ...(code === undefined ? {} : { code }), message };
    }
  }
}`;

function clusterOf(n: number): Promise<Cluster> {
  const known = clusters.get(n);
  if (known) return known;
  const started = startCluster({ engines: n, nodesPerMachine: nodesPerMachine(n) });
  const ready = started.then(async cluster => {
    await cluster.execute(LIBRARY);
    return cluster;
  });
  clusters.set(n, ready);
  return ready;
}

type Cases = Parameters<RunCases>[1];

/** All programs in one cell, one after the other. */
async function run(n: number, cases: Cases): Promise<unknown[][]> {
  const cluster = await clusterOf(n);
  await cluster.push({ given: cases.map(({ given }) => given ?? null) });
  const programs = cases.map(({ program }) => program.toString()).join(',\n');
  const cell = `
    var seen = [];
    for (const [k, program] of [${programs}].entries()) {
      setTopology();
      try {
        seen.push(await program(communicator(), library, given[k]));
      } catch ({ message }) {
        seen.push({ failed: message });
      }
    }`;
  try {
    await cluster.execute(cell);
  } catch (error) {
    // A disagreement that was found late is told of the whole cell, on every rank.
    if (!(error instanceof ClusterError) || error.errors.length < n) throw error;
    return [error.errors.map(({ error: { code, message } }) => ({ code, message }))];
  }
  const seen = await cluster.pull<unknown[]>('seen');
  return cases.map((_, k) => seen.map(results => results[k]));
}

bluefogContract('engines', run, async n => (await clusterOf(n)).stop());
