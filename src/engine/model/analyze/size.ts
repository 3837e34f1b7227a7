/** Whether a model is too large, and what to shrink. */
import type { ModelFix } from "../../errors";
import { layers } from "../../nn/layers";
import { type Block, findBlock, isContainer, mapBlocks } from "../blocks";
import type { ModelDescription } from "../description";
import { settingOfBlock } from "./output";
import type { NetworkReport, Problem } from "./report";
import { walkNetwork } from "./walk";
import { type EngineKey, type Said, say } from "../../words/said";

/** A network may not have more parameters than fit WebGPU's default binding of 128 MiB. */
export const MAX_PARAMETERS = (128 * 1024 * 1024) / 4;

/** A network as the subject of a sentence. @param isOnly whether there is no other */
export const whole = (isOnly: boolean, network: string): Said<EngineKey> =>
  isOnly ? say("problem.theModel") : say("problem.theNetwork", { network });

/** Networks with too many parameters, blamed on the layer with most of them. */
export function sizeProblems(
  description: ModelDescription,
  networks: Readonly<Record<string, NetworkReport>>,
): Problem[] {
  return Object.entries(networks).flatMap(([network, { layers: reports, parameterCount, input }]): Problem[] => {
    if (parameterCount <= MAX_PARAMETERS) return [];
    const own = reports.filter(({ variables }) => Object.keys(variables).length > 0);
    const worst = own.reduce((a, b) => (b.parameterCount > a.parameterCount ? b : a));
    const what = whole(Object.keys(networks).length === 1, network);
    const count = (blocks: readonly Block[]): number => walkNetwork(network, { blocks }, input).parameterCount;
    const fix = widthFix(description.networks[network]?.blocks ?? [], worst.id, count);
    return [
      {
        severity: "error",
        layerId: worst.id,
        said: say("problem.tooManyParameters", {
          what,
          all: parameterCount,
          most: MAX_PARAMETERS,
          layer: worst.name,
          own: worst.parameterCount,
        }),
        ...(fix && { fix }),
      },
    ];
  });
}

/** The largest width of a layer with which the network has few enough parameters; half of what it has where none does,
 *  because then another layer is too large as well. */
function widthFix(
  blocks: readonly Block[],
  id: string,
  count: (blocks: readonly Block[]) => number,
): ModelFix | undefined {
  const block = findBlock({ networks: { "": { blocks } } }, id)?.block;
  const key = block && !isContainer(block) ? layers[block.type].width : undefined;
  const now = block && key && settingOfBlock(block, key);
  if (!key || typeof now !== "number" || now < 2) return undefined;
  const isFew = (width: number): boolean =>
    count(
      mapBlocks(blocks, (other) => (other.id === id ? { ...other, config: { ...other.config, [key]: width } } : other)),
    ) <= MAX_PARAMETERS;
  let [fits, tooMany] = [0, now];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (isFew(middle)) fits = middle;
    else tooMany = middle;
  }
  return { kind: "set", key, value: fits || now >> 1 };
}
