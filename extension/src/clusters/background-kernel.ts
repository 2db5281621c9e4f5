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
  const { kernels, kernelspecs } = managers;
  try {
    await kernels.refreshRunning();
    if ([...kernels.running()].some(({ name }) => name === kernelName)) return null;
    await kernelspecs.ready;
    if (!kernelspecs.specs?.kernelspecs[kernelName]) return 'no-kernelspec';
    // Not by the manager, which would connect to it as well: the panel follows all kernels by connections of its own.
    await KernelAPI.startNew({ name: kernelName }, kernels.serverSettings);
    await kernels.refreshRunning();
    return null;
  } catch {
    return 'not-started';
  }
}
