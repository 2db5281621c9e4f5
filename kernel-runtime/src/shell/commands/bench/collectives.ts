/** `decentlab bench collectives`: partial averaging, all-reduce and broadcast on engines, beside MPI, gloo and `ws`. */
import { collectiveOperations } from './exchange/contender.js';
import {
  ours,
  oursInPlace,
  oursInPlaceOverTcp,
  oursOverTcp,
  oursUnchecked
} from './exchange/engines.js';
import { measureExchanges, titleOf } from './exchange/figures.js';
import { measureManyEngines } from './exchange/many-engines.js';
import { libraryContenders } from './exchange/references.js';
import { peerContender } from './exchange/sockets/contenders.js';
import type { Figure, Measured, Suite, SuiteContext } from './suite.js';

const SIZES = [1e3, 1e6, 102e6];
const NODES = [2, 4, 8];

export const suite: Suite = {
  name: 'collectives',
  summary: `${headline({})} 8 engines with 102 MB take about 5 GB of memory.`,
  headline,
  options: ['sizes', 'nodes', 'rounds', 'python'],
  measure
};

function headline({ nodes = NODES }: Pick<SuiteContext, 'nodes'>): string {
  const several = [nodes.slice(0, -1).join(', '), nodes.at(-1)].filter(Boolean).join(' and ');
  return `Exchanges of ${several} engines, over Unix sockets and TCP, beside MPI, gloo and stock ws.`;
}

async function measure(context: SuiteContext): Promise<Measured> {
  const { sizes = SIZES, nodes = NODES } = context;
  const libraries = await libraryContenders(context);
  const ofOurs = [ours, oursUnchecked, oursInPlace, oursOverTcp, oursInPlaceOverTcp];
  const contenders = [...ofOurs, peerContender, ...libraries.contenders];
  const figures: Figure[] = [];
  const notes = [...libraries.notes];
  for (const ranks of nodes) {
    const measured = await measureExchanges({
      ...context,
      ...{ contenders, ranks, operations: collectiveOperations, sizes },
      title: job => `${titleOf(job)}, n = ${ranks}`
    });
    figures.push(...measured.figures);
    notes.push(...measured.notes);
  }
  const many = await measureManyEngines(context);
  return {
    figures: [...figures, ...many.figures],
    notes: [...new Set([...notes, ...many.notes])],
    versions: libraries.versions
  };
}
