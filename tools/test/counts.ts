/** How many tests of one step passed, failed and were skipped. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed, each with the first words of why, so that the end of a long log tells it. */
  failures?: readonly string[];
}

export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** The one sentence in which every step, and at last the whole, is told. */
export function sentence({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  success: boolean;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

const FIRST_WORDS = 1200;

function beginning(text: string): string {
  return text.length <= FIRST_WORDS ? text : `${text.slice(0, FIRST_WORDS)}…`;
}

/** Reads vitest's JSON report. A file that could not even be loaded counts as one failed test. */
export function countVitest(report: VitestReport): Counts {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((assertion) => assertion.status === "failed"),
  );
  const failed = report.numFailedTests + broken.length;
  const failures = [
    ...broken.map(({ name, message }) => `${name}: ${beginning(message)}`),
    ...report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === "failed")
        .map(({ fullName, failureMessages }) => `${name} > ${fullName}: ${beginning(failureMessages.join("\n"))}`),
    ),
  ];
  return {
    passed: report.numPassedTests,
    failed: !report.success && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    ...(failures.length === 0 ? {} : { failures }),
  };
}

/** Reads the last lines of Python's `unittest`. Output without them counts as one failed test. */
export function countUnittest(output: string, code: number): Counts {
  const ran = Number(/^Ran (\d+) tests?/m.exec(output)?.[1] ?? NaN);
  if (Number.isNaN(ran)) return { passed: 0, failed: 1, skipped: 0 };
  const result = /^(?:OK|FAILED)(?: \((.*)\))?$/m.exec(output)?.[1] ?? "";
  const number = (name: string): number => Number(new RegExp(`(?:^|, )${name}=(\\d+)`).exec(result)?.[1] ?? 0);
  const told = number("failures") + number("errors") + number("unexpected successes");
  const failed = code !== 0 && told === 0 ? 1 : told;
  const skipped = number("skipped");
  const names = [...output.matchAll(/^(?:FAIL|ERROR): .*$/gm)].map(([line]) => line);
  return {
    passed: Math.max(0, ran - told - skipped),
    failed,
    skipped,
    ...(names.length === 0 ? {} : { failures: names }),
  };
}
