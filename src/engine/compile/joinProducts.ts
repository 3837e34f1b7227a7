/** Computes sums of matrix products as one product each, where all operands lie in two tensors: what comes back through the queries, keys
 *  and values of attention, whose gradients are made together and whose weights are neighbours among a network's variables. */
import type { Node } from "../graph/node";
import { apply, labelled } from "../graph/node";
import { rewrite, topologicalOrder } from "../graph/traverse";
import { matmulOps, type MatmulOptions } from "../ops/matmul";
import { add, pointwiseOps } from "../ops/pointwise";
import { type Lines, sumOfProducts } from "../ops/sumOfProducts";
import { dimensionOf, sameShape } from "../shape";
import { owner } from "./memory";
import type { Computation } from "./plan";

/** The same computation with such sums. Leaves keep their identity; `outputs` stay in order. */
export function joinProducts({ outputs, updates }: Required<Computation>): Required<Computation> {
  const wanted = [...outputs, ...updates.map(({ value }) => value)];
  const users = new Map<Node, Node[]>();
  for (const node of topologicalOrder(wanted)) {
    for (const input of node.inputs) users.set(input, [...(users.get(input) ?? []), node]);
  }
  /** Nodes that one other reads, before and after they are rewritten. */
  const readOnce = new Set(
    [...users].flatMap(([node, by]) => (by.length === 1 && !wanted.includes(node) ? [node] : [])),
  );
  const termsOf = (sum: Node): Node[] =>
    sum.inputs.flatMap((input) => (readOnce.has(input) && isSum(input) ? termsOf(input) : [input]));
  const { roots } = rewrite(wanted, (node, inputs) => {
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    const own = isSame ? node : labelled(node.label, () => apply(node.op, inputs, node.attrs));
    if (readOnce.has(node)) readOnce.add(own);
    const isPartOfSum = readOnce.has(node) && isSum(users.get(node)![0]!);
    return isSum(own) && !isPartOfSum ? labelled(node.label, () => joinedSum(own, termsOf(own), readOnce)) : own;
  });
  return {
    outputs: roots.slice(0, outputs.length),
    updates: updates.map(({ state }, i) => ({ state, value: roots[outputs.length + i] ?? state })),
  };
}

/** A sum of two values of its own shape. */
const isSum = ({ op, inputs, shape }: Node): boolean =>
  op.name === pointwiseOps.add.name && inputs.every((input) => sameShape(input.shape, shape));

/** A product of two matrices, by where they lie. */
interface Product {
  readonly a: Node;
  readonly b: Node;
  readonly size: { readonly m: number; readonly n: number; readonly depth: number };
  readonly left: Lines;
  readonly right: Lines;
}

/** A term as a product that nobody else reads, whatever shape it is seen in. */
function productIn(term: Node, readOnce: ReadonlySet<Node>): Product | undefined {
  const { base: product, offset } = owner(term);
  const [a, b] = product.inputs;
  if (product.op.name !== matmulOps.matmul.name || !a || !b || offset > 0) return undefined;
  if (!readOnce.has(term) || !readOnce.has(product) || a.shape.length !== 2 || b.shape.length !== 2) return undefined;
  const { transposeA, transposeB } = product.attrs as MatmulOptions;
  const lines = (node: Node, areStored: boolean): Lines => {
    const width = dimensionOf(node.shape, 1);
    const [line, along] = areStored ? [width, 1] : [1, width];
    return { at: owner(node).offset, next: 0, line, along };
  };
  return {
    a: owner(a).base,
    b: owner(b).base,
    size: {
      m: dimensionOf(product.shape, 0),
      n: dimensionOf(product.shape, 1),
      depth: dimensionOf(a.shape, transposeA ? 0 : 1),
    },
    left: lines(a, !transposeA),
    right: lines(b, transposeB),
  };
}

/** The sum with its products as one, if there are several whose operands follow each other at equal distances in two tensors. */
function joinedSum(sum: Node, terms: readonly Node[], readOnce: ReadonlySet<Node>): Node {
  const found = terms.flatMap((term) => {
    const product = productIn(term, readOnce);
    return product ? [{ term, product }] : [];
  });
  const [first] = found;
  if (!first) return sum;
  const alike = found
    .filter(({ product }) => areAlike(product, first.product))
    .toSorted((one, other) => one.product.left.at - other.product.left.at);
  const [{ product }, second] = alike as [(typeof alike)[0], (typeof alike)[0] | undefined];
  if (!second) return sum;
  const distance = (side: "left" | "right"): number => second.product[side].at - product[side].at;
  const [a, b] = [distance("left"), distance("right")];
  const isEven = alike.every(
    (one, i) => one.product.left.at === product.left.at + i * a && one.product.right.at === product.right.at + i * b,
  );
  if (!isEven || a < 0 || b < 0) return sum;
  const { left, right, size } = product;
  const joined = sumOfProducts(product.a, product.b, {
    ...size,
    count: alike.length,
    a: { ...left, next: a },
    b: { ...right, next: b },
    shape: sum.shape,
  });
  const others = terms.filter((term) => alike.every((one) => one.term !== term));
  return others.reduce((total, term) => add(total, term), joined);
}

/** Whether two products differ only by where in the same two tensors their operands are. */
function areAlike(one: Product, other: Product): boolean {
  const isAlike = (a: Lines, b: Lines): boolean => a.line === b.line && a.along === b.along;
  const { m, n, depth } = one.size;
  return (
    one.a === other.a &&
    one.b === other.b &&
    m === other.size.m &&
    n === other.size.n &&
    depth === other.size.depth &&
    isAlike(one.left, other.left) &&
    isAlike(one.right, other.right)
  );
}
