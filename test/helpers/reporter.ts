/** Prints why each skipped test was skipped, and leaves the totals of the run for `npm test` to add up. */
import { writeFileSync } from 'node:fs';
import type {
  Reporter,
  TestCase,
  TestModule,
  TestRunEndReason,
  SerializedError
} from 'vitest/node';

/** The file that receives `{ passed, failed, skipped }`; unset when vitest is started by hand. */
const TOTALS = 'DECENTLAB_TEST_TOTALS';

export default class TotalsReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason
  ): void {
    const tests = modules.flatMap(module => [...module.children.allTests()]);
    const skipped = tests.filter(test => stateOf(test) === 'skipped');
    const failed = tests.filter(test => stateOf(test) === 'failed').length;
    // A file that cannot be loaded, or an error outside of all tests, fails the run without failing a test.
    const broken = modules.filter(module => module.errors().length > 0).length + unhandled.length;
    for (const test of skipped) console.log(`skipped: ${test.fullName}${reasonOf(test)}`);
    const totals = {
      passed: tests.length - skipped.length - failed,
      failed: Math.max(failed + broken, reason === 'passed' ? 0 : 1),
      skipped: skipped.length
    };
    const file = process.env[TOTALS];
    if (file) writeFileSync(file, JSON.stringify(totals));
  }
}

function stateOf(test: TestCase): 'passed' | 'failed' | 'skipped' {
  const { state } = test.result();
  return state === 'pending' ? 'failed' : state;
}

/** The reason in words; nothing where the title tells it already, as `titleWith` writes it. */
function reasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note) return `: ${result.note}`;
  return test.fullName.includes('(skipped: ') ? '' : ': left out by a filter, or without a reason';
}
