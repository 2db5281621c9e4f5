/** `decentlab bench link`: one vector from one engine to another, beside raw sockets, `ws` and MPI. */
import type { TimedMessage } from '../../../mathematics/simulate/calibrate.js';
import { ours, oursInPlace } from './exchange/engines.js';
import { measureExchanges, titleOf } from './exchange/figures.js';
import { mpiContenders } from './exchange/mpi.js';
import { linkContenders } from './exchange/sockets/contenders.js';
import type { Measured, Suite, SuiteContext } from './suite.js';

const SIZES = [1e3, 1e6, 102e6];

export const suite: Suite = {
  name: 'link',
  summary:
    'One vector from one engine to another and its average, beside raw sockets, stock ws and MPI. 102 MB take about 3 GB of memory.',
  options: ['sizes', 'rounds'],
  measure
};

async function measure(context: SuiteContext): Promise<Measured> {
  const mpi = await mpiContenders();
  const { figures, notes } = await measureExchanges({
    ...context,
    ...{ ranks: 2, operations: ['point'], sizes: context.sizes ?? SIZES, title: titleOf },
    contenders: [ours, oursInPlace, ...linkContenders, ...('found' in mpi ? mpi.found : [])]
  });
  return {
    figures,
    notes: 'missing' in mpi ? [mpi.missing, ...notes] : notes,
    versions: 'versions' in mpi ? mpi.versions : {},
    messages: figures.map(({ bytes, ours }): TimedMessage => [bytes!, ours])
  };
}
