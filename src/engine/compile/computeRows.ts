/** Lets a launch that walks rows compute them as it reads them, and store them for whoever else reads them: tokens' embeddings, of which
 *  the first normalization then need not wait for a launch. */
import type { Node } from "../graph/node";
import { sizeOf } from "../shape";
import { withInlined } from "./combine";
import { Dependencies } from "./dependencies";
import { owner, storedBy } from "./memory";
import type { Computation, Launch } from "./plan";
import { resultOf } from "./plan";

/** The same launches with every such pair as one. @param fits whether a launch may bind so many buffers */
export function computeRows(
  computation: Computation,
  launches: readonly Launch[],
  fits: (launch: Launch) => boolean,
): Launch[] {
  const kept = storedBy(computation);
  let current = [...launches];
  for (const reader of launches.filter(({ kernel }) => kernel.storingInput)) {
    const [input] = reader.inputs as [Node];
    const producer = current.find(({ outputs }) => outputs.includes(owner(input).base));
    if (!producer?.kernel.element || producer.outputs.length > 1 || kept.has(resultOf(producer))) continue;
    if (sizeOf(resultOf(producer).shape) !== sizeOf(input.shape) || !readsLeavesOnly(producer)) continue;
    const joined = storing(reader, producer);
    const graph = new Dependencies(current);
    if (!fits(joined) || !graph.tryJoin([producer, reader])) continue;
    current = graph.groups().flatMap((group) => (group.includes(reader) ? [joined] : group));
  }
  return current;
}

/** What another launch makes had better be finished as it is stored there. */
const readsLeavesOnly = ({ inputs }: Launch): boolean =>
  inputs.every((input) => owner(input).base.op.storage === "leaf");

function storing(reader: Launch, producer: Launch): Launch {
  const outputs = [...reader.outputs, resultOf(producer)];
  const joined = withInlined({ ...reader, kernel: reader.kernel.storingInput!(), outputs }, 0, producer);
  return { ...joined, kernel: { ...joined.kernel, name: `${producer.kernel.name} > ${reader.kernel.name}` } };
}
