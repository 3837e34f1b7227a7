/** Which tests a model's kernels need: what is tested in which scaled copy of the model, what runs alone, and what is taken
 *  apart. Runs nothing. */
import { choiceOf } from "../backend/backend";
import { explainPlan } from "../compile/explain";
import type { Plan, Launch } from "../compile/plan";
import type { ChooseGemm } from "../graph/kernel";
import { kindOf, numbersTouched, takeApart } from "./isolate";
import type { Target } from "../train/programs";
import type { ScaledCopy } from "./scaledCopy";

/** The tests of a plan. */
export interface TestPlan {
  readonly copies: readonly TestedCopy[];
  /** By their kind, launches of the plan itself that are in no scaled copy. */
  readonly alone: ReadonlyMap<string, Launch>;
  /** By their kind, launches that are in no scaled copy and too much to run alone: the kinds of what they are made of. */
  readonly apart: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A scaled copy, and the kinds of launches that are tested in it. */
export interface TestedCopy {
  readonly copy: ScaledCopy;
  readonly kinds: ReadonlySet<string>;
}

/** What a launch that runs alone may cost the reference: ten seconds or so, and half a gigabyte for its operands. */
const MAX_ALONE_FLOPS = 2e10;
const MAX_ALONE_NUMBERS = 2 ** 26;

/** The kinds of launches of a plan. @param choose as for {@link kindOf} */
export function kindsOf({ launches }: Plan, choose?: ChooseGemm): Set<string> {
  return new Set(launches.map((step) => kindOf(step, choose)));
}

/** Plans tests for launches of a model's own plan.
 *  @param wanted the kinds to test  @param candidates of which the scaled copies are chosen */
export function planTests(
  { gemm, bindings }: Target,
  own: Plan,
  wanted: ReadonlySet<string>,
  candidates: Iterable<ScaledCopy>,
): TestPlan {
  const seen: ScaledCopy[] = [];
  const copies = chooseCopies(noted(candidates, seen), wanted);
  const met = new Set(copies.flatMap(({ kinds }) => [...kinds]));
  const choose = gemm && choiceOf(gemm);
  const alone = new Map<string, Launch>();
  const apart = new Map<string, ReadonlySet<string>>();
  const left = [...wanted].filter((kind) => !met.has(kind));
  if (left.length === 0) return { copies, alone, apart };
  const costs = explainPlan(own).launches;
  const cheapestFirst = costs.toSorted((a, b) => a.flops - b.flops).map(({ index }) => own.launches[index]!);
  for (const kind of left) {
    const step = cheapestFirst.find((other) => kindOf(other, choose) === kind);
    if (!step) continue;
    const { flops } = costs[own.launches.indexOf(step)]!;
    if (flops <= MAX_ALONE_FLOPS && numbersTouched(own, step, bindings) <= MAX_ALONE_NUMBERS) alone.set(kind, step);
    else apart.set(kind, kindsOf(takeApart({ ...own, launches: [step] }, 0), choose));
  }
  const members = new Set([...apart.values()].flatMap((kinds) => [...kinds]).filter((kind) => !met.has(kind)));
  const inMembers = seen.map((copy) => ({ ...copy, plan: takeApart(copy.plan, 0) }));
  return { copies: [...copies, ...chooseCopies(inMembers, members)], alone, apart };
}

/** The same, noted as they come. */
function* noted(candidates: Iterable<ScaledCopy>, seen: ScaledCopy[]): Generator<ScaledCopy> {
  for (const copy of candidates) {
    seen.push(copy);
    yield copy;
  }
}

/** The first scaled copy that has all kinds; where none has, those that together have as many as there are in any. */
function chooseCopies(candidates: Iterable<ScaledCopy>, wanted: ReadonlySet<string>): TestedCopy[] {
  const left = new Set(wanted);
  const met: TestedCopy[] = [];
  for (const copy of wanted.size > 0 ? candidates : []) {
    const kinds = new Set([...kindsOf(copy.plan, copy.choose)].filter((kind) => wanted.has(kind)));
    if (kinds.size === wanted.size) return [{ copy, kinds }];
    met.push({ copy, kinds });
  }
  const chosen: TestedCopy[] = [];
  for (;;) {
    const rest = met.map(({ copy, kinds }) => ({
      copy,
      kinds: new Set([...kinds].filter((kind) => left.has(kind))),
    }));
    const [most] = rest.toSorted((a, b) => b.kinds.size - a.kinds.size);
    if (!most || most.kinds.size === 0) return chosen;
    chosen.push(most);
    for (const kind of most.kinds) left.delete(kind);
  }
}
