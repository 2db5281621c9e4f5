/** A kernel that only serves the panel: it is started when no notebook runs, and shared by all pages. */
import { KernelAPI, type Kernel, type KernelSpec } from '@jupyterlab/services';
import { kernelName } from '../commands.js';

interface Managers {
  kernels: Kernel.IManager;
  kernelspecs: KernelSpec.IManager;
}

/** Why there is no kernel. */
export type MissingKernel = 'no-kernelspec' | 'not-started';

/** Starts one unless a page has done so already. Resolves to null, or to why it could not. */
export async function startBackgroundKernel(managers: Managers): Promise<MissingKernel | null> {
  const { baseUrl } = managers.kernels.serverSettings;
  const start = (): Promise<MissingKernel | null> =>
    startUnlessRunning(managers).catch(() => 'not-started' as const);
  // One page after the other, so that the second finds the kernel of the first. Over plain HTTP from another host a
  // browser has no locks: two pages may then start one each, which both serve.
  const { locks } = navigator as { locks?: LockManager };
  return locks ? await locks.request(`decentlab:kernel:${baseUrl}`, start) : start();
}

/** Ends a kernel that serves nobody any more; one that has ended is left alone. */
export async function endBackgroundKernel({ kernels }: Managers, id: string): Promise<void> {
  await KernelAPI.shutdownKernel(id, kernels.serverSettings).catch(() => undefined);
}

async function startUnlessRunning(managers: Managers): Promise<MissingKernel | null> {
  const { kernels } = managers;
  await kernels.refreshRunning();
  if ([...kernels.running()].some(({ name }) => name === kernelName)) return null;
  if (!(await isInstalled(managers))) return 'no-kernelspec';
  // Not by the manager, which would connect to it as well: the panel follows all kernels by connections of its own.
  await KernelAPI.startNew({ name: kernelName }, kernels.serverSettings);
  await kernels.refreshRunning();
  return null;
}

/** What was not there when the page came may be installed meanwhile. */
async function isInstalled({ kernelspecs }: Managers): Promise<boolean> {
  const isKnown = (): boolean => kernelspecs.specs?.kernelspecs[kernelName] !== undefined;
  await kernelspecs.ready;
  if (!isKnown()) await kernelspecs.refreshSpecs();
  return isKnown();
}
