/** What training takes in memory: for the page to show, and in words when there is no room for it. Allocates nothing. */
import type { Shortage } from "../backend/memory";
import { tensorBytes } from "../backend/memory";
import type { Plan } from "../compile/plan";
import type { ModelReport } from "../model/analyze";
import type { ModelDescription } from "../model/description";
import { layers } from "../nn/layers";
import { formatBytes } from "../shape";

/** Names of the largest consumers that a refusal gives. */
const NAMED = 2;

interface Consumer {
  readonly layer: number;
  readonly bytes: number;
  readonly what: "a value" | "the weights";
}

/** The layers that take most: each by its largest value or, where these take more, by its weights with all that goes
 *  with them. */
function largestConsumers({ steps }: Plan, report: ModelReport, copies: number): Consumer[] {
  const values = steps.flatMap(({ outputs }) => outputs);
  return report.layers
    .map(({ name, parameterCount }, layer): Consumer => {
      const own = values.filter(({ label }) => label === name).map((node) => tensorBytes(node));
      const value = own.reduce((most, bytes) => Math.max(most, bytes), 0);
      const weights = parameterCount * 4 * copies;
      return weights > value
        ? { layer, bytes: weights, what: "the weights" }
        : { layer, bytes: value, what: "a value" };
    })
    .filter(({ bytes }) => bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, NAMED);
}

/** `fewer filters in conv2d_1`: the setting that makes a layer's values smaller is its own or that of a layer before. */
function smallerLayer(description: ModelDescription, report: ModelReport, layer: number): string {
  for (let i = layer; i >= 0; i--) {
    const type = description.layers[i]?.type;
    const setting = type && Object.keys(layers[type].fields).find((key) => key === "units" || key === "filters");
    if (setting) return `fewer ${setting} in ${report.layers[i]?.name}`;
  }
  return "fewer layers";
}

/** A model that is too large. */
interface LargeModel {
  readonly description: ModelDescription;
  readonly report: ModelReport;
  /** Of its training step. */
  readonly plan: Plan;
  /** How many vectors of the parameters' size there are: themselves, their gradient, the optimizer's state. */
  readonly copies: number;
}

/** Why a model is not trained, and what to shrink. @param fits whether there is room for it at a smaller batch size */
export function describeShortage(
  shortage: Shortage,
  { description, report, plan, copies }: LargeModel,
  fits: (batch: number) => boolean,
): string {
  const { batchSize } = description.training;
  let batch = batchSize >> 1;
  while (batch > 0 && !fits(batch)) batch >>= 1;
  const consumers = largestConsumers(plan, report, copies);
  const parts = consumers.map(
    ({ layer, bytes, what }) => `${formatBytes(bytes)} for ${what} of ${report.layers[layer]?.name}`,
  );
  const piece = shortage.limit === "total" ? "" : " in one piece";
  const most = consumers.length > 0 ? ` The most goes to ${parts.join(" and ")}.` : "";
  const smaller = smallerLayer(description, report, consumers[0]?.layer ?? report.layers.length - 1);
  const advice =
    batch === 0 ? `No batch is small enough: use ${smaller}.` : `Use a batch of ${batch} or less, or ${smaller}.`;
  return (
    `Training at batch size ${batchSize} needs ${formatBytes(shortage.neededBytes)}${piece}, ` +
    `but there is room for ${formatBytes(shortage.allowedBytes)}.${most} ${advice}`
  );
}
