/** Ours: the exchanges on a cluster of engines. */
import { Cluster } from '../../../../cluster/client/cluster.js';
import type { Transport } from '../../../../cluster/protocol/settings.js';
import { programUrl } from '../../../../package.js';
import type { Contender } from './contender.js';
import { OPERATIONS, type Job, type Operation, type Times } from './job.js';
import { slowest, type TimesEntries } from './timing.js';

const ENGINE_SIDE = programUrl('bench/engine-side').href;

/** The public functions on arrays as they come, with new arrays as results. */
export const ours = engineContender('ours');
/** The same on arrays in link memory (`linkArray`), with one of them for the results (`{ out }`): nothing is copied. */
export const oursInPlace = engineContender('ours, in place', { isInPlace: true });
/** The public functions, with links over TCP instead of Unix sockets. */
export const oursOverTcp = engineContender('ours, TCP', { transport: 'tcp' });
/** Both. */
export const oursInPlaceOverTcp = engineContender('ours, TCP, in place', {
  transport: 'tcp',
  isInPlace: true
});

interface Way {
  readonly isInPlace?: boolean;
  readonly transport?: Transport;
}

/** Engines that are started for every round. */
function engineContender(
  name: string,
  { isInPlace = false, transport = 'unix' }: Way = {}
): Contender {
  return {
    name,
    operations: Object.keys(OPERATIONS) as Operation[],
    async measure(ranks, jobs) {
      const cluster = await Cluster.start({ name: null, engines: ranks, link: { transport } });
      try {
        return await timesOn(cluster, jobs, isInPlace);
      } finally {
        await cluster.stop();
      }
    }
  };
}

/** The exchanges on engines that run already. */
export async function timesOn(
  cluster: Cluster,
  jobs: readonly Job[],
  isInPlace = false
): Promise<Times> {
  return slowest(await cluster.apply(timeOnEngine, ENGINE_SIDE, jobs, isInPlace));
}

/** Travels as text: an engine imports the module from this installation. */
async function timeOnEngine(
  url: string,
  jobs: readonly Job[],
  isInPlace: boolean
): Promise<TimesEntries> {
  const { $import } = globalThis as unknown as { $import(url: string): Promise<unknown> };
  const { timeJobs } = (await $import(url)) as typeof import('./engine-side.js');
  return timeJobs(jobs, isInPlace);
}
