/** Lets the launch that makes the gradients also apply them: each gradient, instead of being stored, goes straight through
 *  the optimizer's element-wise update of its parameter. */
import type { ShaderPart, WgslProgram } from "../graph/kernel";
import type { Kernel, Node } from "../graph/node";
import { part, WORKGROUP_SIZE } from "../ops/wgsl";
import { sizeOf } from "../shape";
import { renamed, withoutRepeats } from "./combine";
import { Dependencies, runInOrder } from "./dependencies";
import { owner, rootsOf } from "./memory";
import type { Computation, Step } from "./plan";

/** The same steps with updates done where their gradients are made, where one launch makes all of them and nobody else wants
 *  them. @param mayJoin whether a launch may do an update as well, to which it passes these values */
export function sinkUpdates(
  computation: Computation,
  steps: readonly Step[],
  mayJoin: (launch: Step, update: Step, passed: ReadonlySet<Node>) => boolean,
): Step[] {
  const kept = rootsOf(computation);
  let current = [...steps];
  for (const update of steps.filter(({ kernel }) => kernel.inPlace === "elementwise")) {
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

/** Whether each element of the pack, whose parts are whole, meets the same element of everything that the step makes. */
function isUpdateBy(pack: Node, { outputs }: Step): boolean {
  const isWhole = pack.inputs.every((input) => sizeOf(owner(input).base.shape) === sizeOf(input.shape));
  return isWhole && outputs.every(({ shape }) => sizeOf(shape) === sizeOf(pack.shape));
}

function sunk(launch: Step, update: Step, pack: Node): Step {
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
      const programOf = ({ kernel: own, attrs, inputs: read, outputs: made }: Step, prefix: string): WgslProgram =>
        renamed(own.wgsl({ ...args, attrs, inputTypes: read, outputTypes: made }), prefix);
      const making = programOf(launch, "launch_");
      const updating = programOf(update, "update_");
      const stores = launch.outputs.flatMap((output, i): ShaderPart[] => {
        const offset = offsetOf.get(output);
        return offset === undefined ? [] : [sinkPart(making.outputs[i]!.name, offset)];
      });
      const text =
        `var<private> gradient: f32;\n` +
        `fn ${updating.inputs[index]!.name}(i: u32) -> f32 { return gradient; }\n` +
        `fn run(workgroup: u32, lane: u32) {\n  launch_run(workgroup, lane);\n}\n`;
      return {
        ...making,
        inputs: [...making.inputs, ...updating.inputs.filter((_, i) => i !== index)],
        outputs: [...making.outputs.filter((_, i) => !offsetOf.has(launch.outputs[i]!)), ...updating.outputs],
        constants: { ...making.constants, ...updating.constants },
        parts: withoutRepeats([...updating.parts, part("(generated update)", text), ...stores, ...making.parts]),
      };
    },
  };
  const label = [...new Set([launch.label, update.label].filter((own) => own !== ""))].join(", ");
  const members = [...(launch.members ?? [launch]), update];
  return { kernel, attrs: {}, inputs, outputs, label, members, fuses: [launch, update] };
}

/** In place of storing an element of a gradient: what the update's thread for it does. */
function sinkPart(name: string, offset: number): ShaderPart {
  const shift = Math.log2(WORKGROUP_SIZE);
  return part(
    "(generated store)",
    `fn set_${name}(i: u32, value: f32) {\n  gradient = value;\n` +
      `  update_run((i + ${offset}u) >> ${shift}u, (i + ${offset}u) & ${WORKGROUP_SIZE - 1}u);\n}\n`,
  );
}
