// Turns Vitest's report into the two numbers that count; refuses to call anything but a passed test passed.

/** The part of Vitest's JSON report that is read here. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName?: string;
      /** Milliseconds. */
      readonly duration?: number | null;
    }[];
  }[];
}

/** Counts tests. A skipped test counts as failed, a file that did not load as one failed test, and so does a run that
 *  exited with an error for a reason of its own (an unhandled rejection, a crash, no test found).
 *  @param report undefined when the run left none */
export function countTests(report: VitestReport | undefined, exitCode: number): { passed: number; failed: number } {
  let passed = 0;
  let failed = 0;
  for (const file of report?.testResults ?? []) {
    const before = failed;
    for (const test of file.assertionResults) {
      if (test.status === "passed") passed += 1;
      else failed += 1;
    }
    if (file.status === "failed" && failed === before) failed += 1;
  }
  if (failed === 0 && (exitCode !== 0 || passed === 0)) failed = 1;
  return { passed, failed };
}

/** The test that took longest: none may take a third of what it is given, or a busy machine fails it. */
export function slowestTest(
  report: VitestReport | undefined,
): { readonly name: string; readonly durationMs: number } | undefined {
  const tests = (report?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  const [slowest] = tests.toSorted((a, b) => (b.duration ?? 0) - (a.duration ?? 0));
  return slowest && { name: slowest.fullName ?? "", durationMs: slowest.duration ?? 0 };
}
