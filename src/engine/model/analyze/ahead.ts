/** Models that read what they are to tell: where the next token is to be told at every place of a text, a layer that lets a place see
 *  later ones hands the answer on. Losses fall, and what is learnt is to copy. */
import { type Config, readConfig } from "../../fields";
import { containers } from "../../nn/containers";
import { layers } from "../../nn/layers";
import { say } from "../../words/said";
import { type Block, type LayerBlock, isContainer } from "../blocks";
import type { ModelDescription } from "../description";
import type { LayerReport, NetworkReport, Problem } from "./report";

/** A warning for each layer that looks ahead, with the setting by which it does not, where it has one. Behind a layer that gives up the
 *  steps, as Flatten does, nothing is warned of any more: whoever makes steps again makes them of all.
 *  @param networks by name, all outputs known */
export function aheadProblems(
  description: ModelDescription,
  networks: Readonly<Record<string, NetworkReport>>,
): Problem[] {
  return Object.entries(networks).flatMap(([name, { input, layers: reports }]) =>
    aheadIn(
      description.networks[name]?.blocks ?? [],
      input?.shape[0] ?? 1,
      new Map(reports.map((own) => [own.id, own])),
    ),
  );
}

function aheadIn(blocks: readonly Block[], steps: number, reports: ReadonlyMap<string, LayerReport>): Problem[] {
  const found: Problem[] = [];
  for (const block of blocks) {
    const report = reports.get(block.id);
    if (!report) continue;
    const keepsSteps = report.output?.shape[0] === steps;
    if (isContainer(block)) {
      const { looksAhead, repeats } = containers[block.type];
      if (looksAhead) found.push(warningOf(report));
      // What is done at each step alone sees no other.
      else if (!repeats) found.push(...block.branches.flatMap((branch) => aheadIn(branch, steps, reports)));
    } else {
      found.push(...(keepsSteps ? ofLayer(block, report) : [warningOf(report)]));
    }
    if (!keepsSteps) break;
  }
  return found;
}

const ofLayer = (block: LayerBlock, report: LayerReport): Problem[] => {
  const { fields, looksAhead, causally = {} } = layers[block.type];
  const looks = (own: Config) => looksAhead?.(readConfig(fields, own).config) ?? false;
  if (!looks(block.config)) return [];
  const [setting] = Object.entries(causally);
  const isRemedy = setting && !looks({ ...block.config, ...causally });
  return [{ ...warningOf(report), ...(isRemedy && { fix: { kind: "set", key: setting[0], value: setting[1] } }) }];
};

const warningOf = ({ id, name }: LayerReport): Problem => ({
  severity: "warning",
  layerId: id,
  said: say("problem.looksAhead", { layer: name }),
});
