/** Lets the launch that makes the gradients also apply them: each gradient, instead of being stored, goes straight through
 *  the optimizer's element-wise update of its parameter. */
import type { Kernel, Node } from "../graph/node";
import { sizeOf } from "../shape";
import { argsOf, labelOf, passingStores, threadOf } from "./combine";
import { Dependencies, runInOrder } from "./dependencies";
import { owner, rootsOf } from "./memory";
import type { Computation, Launch } from "./plan";
import { addsUpParts } from "./splitK";

/** The same launches with updates done where their gradients are made, where one launch makes all of them and nobody else wants
 *  them. @param mayJoin whether a launch may do an update as well, to which it passes these values */
export function sinkUpdates(
  computation: Computation,
  launches: readonly Launch[],
  mayJoin: (launch: Launch, update: Launch, passed: ReadonlySet<Node>) => boolean,
): Launch[] {
  const kept = rootsOf(computation);
  let current = [...launches];
  // Where an update adds up parts, no store of theirs can do it: they are complete after their launch only.
  const updates = launches.filter((launch) => launch.kernel.inPlace === "elementwise" && !addsUpParts(launch));
  for (const update of updates) {
    const pack = update.inputs.find(({ op }) => op.storage === "pack");
    if (!pack || !isUpdateBy(pack, update) || kept.has(pack)) continue;
    const gradients = new Set(pack.inputs.map((input) => owner(input).base));
    const launch = current.find(({ outputs }) => [...gradients].every((gradient) => outputs.includes(gradient)));
    const reads = current
      .flatMap(({ inputs }) => inputs)
      .filter((input) => {
        const { base } = owner(input);
        return base === pack || gradients.has(base);
      });
    if (!launch || reads.length > 1 || [...gradients].some((gradient) => kept.has(gradient))) continue;
    const graph = new Dependencies(current);
    if (!mayJoin(launch, update, gradients) || !graph.tryJoin([launch, update])) continue;
    const joined = sunk(launch, update, pack);
    current = graph.groups().flatMap((group) => (group.includes(update) ? [joined] : group));
  }
  return current;
}

/** Whether each element of the pack, whose parts are whole, meets the same element of everything that the launch makes. */
function isUpdateBy(pack: Node, { outputs }: Launch): boolean {
  const isWhole = pack.inputs.every((input) => sizeOf(owner(input).base.shape) === sizeOf(input.shape));
  return isWhole && outputs.every(({ shape }) => sizeOf(shape) === sizeOf(pack.shape));
}

function sunk(launch: Launch, update: Launch, pack: Node): Launch {
  const index = update.inputs.indexOf(pack);
  const offsets = pack.attrs["offsets"] as readonly number[];
  const offsetOf = new Map(pack.inputs.map((input, i) => [owner(input).base, offsets[i]!]));
  const others = launch.outputs.filter((output) => !offsetOf.has(output));
  const inputs = [...launch.inputs, ...update.inputs.filter((_, i) => i !== index)];
  const outputs = [...others, ...update.outputs];
  const kernel: Kernel = {
    name: `${launch.kernel.name} > ${update.kernel.name}`,
    cpu: runInOrder([launch, update], inputs, outputs),
    wgsl: (args) => {
      const stores = launch.outputs.flatMap((output, i): [number, string][] => {
        const offset = offsetOf.get(output);
        return offset === undefined ? [] : [[i, updateAt(`i + ${offset}u`)]];
      });
      const making = launch.kernel.wgsl(argsOf(launch, args));
      const updating = update.kernel.wgsl(argsOf(update, args));
      return passingStores(making, updating, index, new Map(stores));
    },
  };
  const members = [...(launch.members ?? [launch]), update];
  return { kernel, attrs: {}, inputs, outputs, label: labelOf([launch, update]), members, fuses: [launch, update] };
}

/** What the update's thread for an element does. */
function updateAt(element: string): string {
  return `then_run(${threadOf(element)});`;
}
