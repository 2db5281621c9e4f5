/** Ours: the exchanges on a cluster of engines. */
import { Cluster, type StartOptions } from '../../../../cluster/client/cluster.js';
import type { Contender } from './contender.js';
import { OPERATIONS, type Job, type Operation } from './job.js';
import { slowest, type TimesEntries } from './timing.js';

const ENGINE_SIDE = new URL('./engine-side.js', import.meta.url).href;

/** Engines that are started with these options for every round. */
export function engineContender(name: string, options: StartOptions = {}): Contender {
  return {
    name,
    operations: Object.keys(OPERATIONS) as Operation[],
    async measure(ranks, jobs) {
      const cluster = await Cluster.start({ ...options, name: null, engines: ranks });
      try {
        return slowest(await cluster.apply(timeOnEngine, ENGINE_SIDE, jobs));
      } finally {
        await cluster.stop();
      }
    }
  };
}

/** Travels as text: an engine imports the module from this installation. */
async function timeOnEngine(url: string, jobs: readonly Job[]): Promise<TimesEntries> {
  const { $import } = globalThis as unknown as { $import(url: string): Promise<unknown> };
  const { timeJobs } = (await $import(url)) as typeof import('./engine-side.js');
  return timeJobs(jobs);
}
