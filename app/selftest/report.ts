/** What the self-test found, as text for a bug report: every failure, and a line for each op. Computes nothing. The report is in
 *  English, whatever the language of the page: it goes to those who mend the kernels. */
import type { SuiteResult, Verdict } from "../../src/engine";
import { englishLanguage, type Said, say, write as writeIn } from "../../src/engine";
import type { SuiteState } from "./suite";

/** Where it ran. */
export interface Surroundings {
  readonly userAgent: string;
  readonly hardwareConcurrency: number;
  readonly isIsolated: boolean;
}

/** How what is said is written: on the page in its language. */
type Write = (said: Said) => string;
const inEnglish: Write = (said) => writeIn(said, englishLanguage);

export const hasPassed = ({ verdict }: SuiteResult): boolean => verdict?.ok === true;

/** `Pass`, `Wrong`, `Unsteady` (right, but with other bits the second time), `Did not run`. */
export function describeOutcome({ verdict }: SuiteResult, write = inEnglish): string {
  if (!verdict) return write(say("selfTest.notRun"));
  if (verdict.worst > verdict.allowed) return write(say("selfTest.wrong"));
  return write(say(verdict.deterministic ? "selfTest.pass" : "selfTest.unsteady"));
}

/** `GPU, tiled`; `CPU`. */
export function describeMachine({ machine, variant }: SuiteResult, write = inEnglish): string {
  const name = say(machine === "webgpu" ? "selfTest.gpu" : "selfTest.cpu");
  return write(variant === "" ? name : say("selfTest.variant", { machine: name, variant }));
}

/** The report in Markdown. Passes are summed up by op, so that it fits into an issue. */
export function writeReport(suite: SuiteState, { userAgent, hardwareConcurrency, isIsolated }: Surroundings): string {
  const { state, machines, results, total } = suite;
  const failures = results.filter((result) => !hasPassed(result));
  const named = (kind: "webgpu" | "cpu"): string =>
    machines.find((machine) => machine.kind === kind)?.adapter ?? "none";
  const lines = [
    "## Descent self-test",
    "",
    `- Result: ${results.length - failures.length} passed, ${failures.length} failed` +
      (state === "finished" ? "" : ` of ${total}, ${state}`),
    `- GPU: ${named("webgpu")}`,
    `- CPU: ${named("cpu")}, of ${hardwareConcurrency} logical CPUs, ${isIsolated ? "" : "not "}cross-origin isolated`,
    `- Browser: ${userAgent}`,
  ];
  if (failures.length > 0) {
    lines.push(
      "",
      "### Failures",
      "",
      ...table(
        failureHeads,
        failures.map((failure) => failureRow(failure)),
      ),
    );
  }
  lines.push("", "### All ops", "", ...table(opHeads, groupByOp(results)));
  return `${lines.join("\n")}\n`;
}

const failureHeads = ["Op", "Case", "On", "Result", "Worst error", "Allowed", "Same bits twice", "Message"];

function failureRow(result: SuiteResult): string[] {
  const { op, name, verdict, error } = result;
  return [op, name, describeMachine(result), describeOutcome(result), ...describeVerdict(verdict), error ?? ""];
}

/** Worst error, allowed error, and whether the bits were the same; blank for what did not run. */
export function describeVerdict(
  verdict: Verdict | null,
  write = inEnglish,
): [worst: string, allowed: string, bits: string] {
  if (!verdict) return ["", "", ""];
  const [worst, allowed] = [verdict.worst, verdict.allowed].map((error) => write(say("selfTest.deviation", { error })));
  return [worst ?? "", allowed ?? "", write(say(verdict.deterministic ? "selfTest.yes" : "selfTest.no"))];
}

const opHeads = ["Op", "On", "Passed", "Worst error", "Allowed"];

function groupByOp(results: readonly SuiteResult[]): string[][] {
  const groups = new Map<string, SuiteResult[]>();
  for (const result of results) {
    const key = `${describeMachine(result)} ${result.op}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const closest = group
      .flatMap(({ verdict }) => (verdict ? [verdict] : []))
      .toSorted((a, b) => b.worst / b.allowed - a.worst / a.allowed)[0];
    const [worst, allowed] = describeVerdict(closest ?? null);
    const passed = `${group.filter(hasPassed).length} of ${group.length}`;
    return [[first.op, describeMachine(first), passed, worst, allowed]];
  });
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(" | ")} |`;
  return [line(heads), `|${heads.map(() => " --- |").join("")}`, ...rows.map(line)];
}

const escapeCell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
