/** Groups nodes into kernel launches. Element-wise neighbours of one shape become one program; a program that follows
 *  a matrix product becomes its epilogue; cross-entropy is computed with its gradient. */
import { REPORT_BUG } from "../errors";
import type { Instruction, Program } from "../graph/kernel";
import type { Node } from "../graph/node";
import type { Attrs } from "../graph/type";
import { topologicalOrder } from "../graph/traverse";
import { isStepScalar } from "../ops/leaf";
import { programKernel } from "../ops/program";
import { sameShape } from "../shape";
import { Groups } from "./groups";
import type { Computation, Launch } from "./plan";
import { MAX_BINDINGS } from "./plan";

/** One launch per node, in order: the plan to compare with. */
export function lowerEach({ outputs, updates = [] }: Computation): Launch[] {
  return topologicalOrder([...outputs, ...updates.map(({ value }) => value)])
    .filter(({ op }) => op.storage === undefined)
    .map(stepOf);
}

/** Few launches. */
export function lowerFused({ outputs, updates = [] }: Computation): Launch[] {
  const roots = [...outputs, ...updates.map(({ value }) => value)];
  const groups = new Groups(roots);
  fusePairs(groups);
  // From users to inputs, so that what is cheap to recompute (a mask) joins its user, not its producer.
  for (const node of groups.order.toReversed()) {
    if (!node.op.pointwise) continue;
    for (const input of node.inputs) {
      if (!input.op.pointwise || !sameShape(input.shape, node.shape)) continue;
      if (bindingsOf(groups, [...groups.membersOf(node), ...groups.membersOf(input)]) > MAX_BINDINGS) continue;
      groups.tryMerge(input, node);
    }
  }
  for (const node of groups.order) {
    if (node.op.withEpilogue) fuseEpilogue(groups, node);
  }
  return groups.scheduled().map((members) => lowerGroup(groups, members));
}

function stepOf(node: Node): Launch {
  return { kernel: node.op, attrs: node.attrs, inputs: node.inputs, outputs: [node], label: node.label };
}

/** What a group reads: looks through stretching, since programs stretch what they load, and leaves constants out,
 *  since programs hold them. */
function externalInputs(members: readonly Node[]): Node[] {
  const inside = new Set(members);
  const found = new Set<Node>();
  for (const member of members) {
    for (const input of member.inputs) {
      const source = sourceOf(input);
      if (!inside.has(input) && source.op.name !== "constant") found.add(source);
    }
  }
  return [...found];
}

function sourceOf(input: Node): Node {
  const stretched = input.op.name === "broadcastTo" ? input.inputs[0] : undefined;
  return stretched ?? input;
}

function bindingsOf(groups: Groups, members: readonly Node[]): number {
  const inputs = externalInputs(members).filter((input) => !isStepScalar(input));
  return inputs.length + groups.escaping(members).length;
}

/** What can share a pass over the same operands does: the loss with its gradient, maxima with where they are. */
function fusePairs(groups: Groups): void {
  for (const node of groups.order) {
    const partner = node.op.sharesPass && groups.order.find((other) => isPartner(node, other));
    if (partner) groups.tryMerge(partner, node);
  }
}

/** Whether an op's record pairs it with this one, computed of the same operands. */
const isPartner = ({ op, inputs, attrs }: Node, other: Node): boolean =>
  op.sharesPass?.with === other.op.name &&
  other.inputs.every((input, i) => input === inputs[i]) &&
  JSON.stringify(other.attrs) === JSON.stringify(attrs);

/** Takes the only group that uses a matrix product into the product's own launch. */
function fuseEpilogue(groups: Groups, product: Node): void {
  const users = groups.usersOf(product);
  const [first] = users;
  if (!first || groups.isRoot(product)) return;
  const members = groups.membersOf(first);
  const oneGroup = users.every((user) => members.includes(user));
  const isProgram = members.every(({ op, shape }) => op.pointwise && sameShape(shape, product.shape));
  if (!oneGroup || !isProgram || groups.escaping(members).length !== 1) return;
  const operands = externalInputs(members).filter((input) => input !== product && !isStepScalar(input));
  if (product.inputs.length + operands.length + 1 > MAX_BINDINGS) return;
  groups.tryMerge(product, first);
}

function lowerGroup(groups: Groups, members: readonly Node[]): Launch {
  const [only] = members;
  if (members.length === 1 && only && !only.op.pointwise) return stepOf(only);
  const outputs = groups.escaping(members);
  const label = members.find((member) => member.label !== "")?.label ?? "";
  for (const node of members) {
    const partner = members.find((other) => isPartner(node, other));
    if (!node.op.sharesPass || !partner) continue;
    const { attrs, inputs } = node;
    return { kernel: node.op.sharesPass.kernel, attrs, inputs, outputs: [partner, node], label };
  }
  const product = members.find(({ op }) => op.withEpilogue);
  const program = members.filter((member) => member !== product);
  const inputs = externalInputs(program).filter((input) => input !== product);
  const values = product ? [product, ...inputs] : inputs;
  const kernelProgram = buildProgram(values, program, outputs);
  if (product?.op.withEpilogue) {
    const kernel = product.op.withEpilogue(kernelProgram);
    return { kernel, attrs: product.attrs, inputs: [...product.inputs, ...inputs], outputs, label };
  }
  const name = outputs.map(({ op }) => op.name).join("+");
  return { kernel: programKernel(name, () => kernelProgram), attrs: {}, inputs, outputs, label };
}

/** Numbers the values of a group: inputs, then constants and members in order. */
function buildProgram(inputs: readonly Node[], members: readonly Node[], outputs: readonly Node[]): Program {
  const numbers = new Map<Node, number>(inputs.map((input, i) => [input, i]));
  const instructions: Instruction[] = [];
  const emit = (node: Node, attrs: Attrs, args: readonly number[]): number => {
    const rule = node.op.pointwise;
    if (!rule) throw new Error(`fuse: expected an element-wise op in a program, got ${node.op.name}. ${REPORT_BUG}`);
    instructions.push({ rule, attrs, args });
    const value = inputs.length + instructions.length - 1;
    numbers.set(node, value);
    return value;
  };
  const numberOf = (operand: Node): number => {
    const source = numbers.has(operand) ? operand : sourceOf(operand);
    return numbers.get(source) ?? emit(source, source.attrs, []);
  };
  for (const member of members) {
    if (!numbers.has(member)) emit(member, member.attrs, member.inputs.map(numberOf));
  }
  return { inputCount: inputs.length, instructions, outputs: outputs.map((output) => numbers.get(output) ?? 0) };
}
