/** The order of the test files: the longest of each group begin, so that no processor is idle at the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of ten seconds and more, the longest first. What is not here comes behind, larger files first. */
const LONG = [
  'jupyter/rows/rows',
  'notebooks/lessons',
  'notebooks/experiments',
  'cluster/contract',
  'browser/timeline',
  'notebooks/wrong-values',
  'browser/extension',
  'shell/run',
  'browser/graph-view',
  'shell/bench-exchanges',
  'browser/manners',
  'jupyter/kernel/engine-cells',
  'cluster/training',
  'browser/cluster-panel',
  'cluster/bluefog',
  'shell/gpu-check',
  'shell/solve',
  'notebooks/cifar10',
  'mathematics/optim/algorithms',
  'browser/course',
  'browser/tutorial',
  'browser/keyboard',
  'cluster/control/life',
  'cluster/faults/pending'
].map(name => `/test/${name}.test.ts`);

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = LONG.findIndex(path => moduleId.endsWith(path));
      return index < 0 ? LONG.length : index;
    };
    const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;
    return (await super.sort(files)).sort((a, b) => group(a) - group(b) || place(a) - place(b));
  }
}
