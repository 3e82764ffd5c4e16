// Names the tests that passed only when they were run again, each with what failed at first: such a test hides a fault
// or is one, and a machine that is busy with others must not decide whether a change is taken.
import type { Reporter, TestCase } from 'vitest/node';

export class Again implements Reporter {
  private readonly found: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return;
    const why = (test.result().errors ?? []).map(({ message, diff }) => [message, diff].filter(Boolean).join('\n'));
    this.found.push([`   AGAIN  ${test.module.relativeModuleId} > ${test.fullName}`, ...why.join('\n').split('\n').map((line) => `     ${line}`)].join('\n'));
  }

  onTestRunEnd(): void {
    if (this.found.length > 0) console.log(['', 'Passed only when run again:', ...this.found].join('\n'));
  }
}
