/** The images of CIFAR-10 for tests: fetched once into the cache of this user, or a reason to skip. */
import type { TestContext } from 'vitest';
import { DecentLabError } from '../../kernel-runtime/src/errors.js';
import { cifar10Folder } from '../../kernel-runtime/src/laboratory/experiments/cifar10-folder.js';

/** Their folder. Without a network, and without a copy in the cache, the test is skipped, and says why. */
export async function cifar10OrSkip({ skip }: Pick<TestContext, 'skip'>): Promise<string> {
  try {
    return await cifar10Folder({ onProgress: () => {} });
  } catch (error) {
    if (!(error instanceof DecentLabError) || error.code !== 'DOWNLOAD_FAILED') throw error;
    return skip(error.message);
  }
}
