/** A partition of a graph's nodes into groups that can each run as one launch, kept free of cycles: no group needs,
 *  by way of another, what it makes itself. */
import type { Node } from "../graph/node";
import { topologicalOrder } from "../graph/traverse";

/** Groups of nodes; each node starts as its own. */
export class Groups {
  /** All nodes, inputs before users. */
  readonly order: readonly Node[];
  readonly #roots: ReadonlySet<Node>;
  readonly #rootList: readonly Node[];
  readonly #users = new Map<Node, Node[]>();
  readonly #position = new Map<Node, number>();
  /** Members of each node's group, in graph order; shared by all members. */
  readonly #groups = new Map<Node, readonly Node[]>();

  constructor(roots: readonly Node[]) {
    this.#rootList = roots;
    this.#roots = new Set(roots);
    this.order = topologicalOrder(roots);
    this.order.forEach((node, i) => {
      this.#position.set(node, i);
      this.#groups.set(node, [node]);
      for (const input of new Set(node.inputs)) this.#users.set(input, [...this.usersOf(input), node]);
    });
  }

  /** Nodes that read this one. */
  usersOf(node: Node): readonly Node[] {
    return this.#users.get(node) ?? [];
  }

  /** Whether the computation hands this node out. */
  isRoot(node: Node): boolean {
    return this.#roots.has(node);
  }

  /** The group of a node, in graph order. */
  membersOf(node: Node): readonly Node[] {
    return this.#groups.get(node) ?? [node];
  }

  /** Members that something outside the group reads. */
  escaping(members: readonly Node[]): Node[] {
    const inside = new Set(members);
    return members.filter(
      (member) => this.#roots.has(member) || this.usersOf(member).some((user) => !inside.has(user)),
    );
  }

  /** Joins the groups of two nodes, unless some path leads from the joined group out and back in. */
  tryMerge(a: Node, b: Node): boolean {
    const left = this.membersOf(a);
    if (left === this.membersOf(b)) return true;
    const joined = [...left, ...this.membersOf(b)].toSorted((x, y) => this.#at(x) - this.#at(y));
    if (this.#leavesAndReturns(joined)) return false;
    for (const member of joined) this.#groups.set(member, joined);
    return true;
  }

  /** The groups that launch something, in an order in which each comes after what it reads. Groups that nothing
   *  reads any more, because programs look through them, are left out. */
  scheduled(): (readonly Node[])[] {
    const result: (readonly Node[])[] = [];
    const seen = new Set<readonly Node[]>();
    const visit = (node: Node): void => {
      const members = this.membersOf(node);
      if (seen.has(members)) return;
      seen.add(members);
      for (const input of this.#inputsOf(members)) visit(input);
      if (node.op.storage === undefined) result.push(members);
    };
    for (const root of this.#rootList) visit(root);
    return result;
  }

  /** What a group reads when it runs: element-wise groups load stretched operands and constants themselves. */
  #inputsOf(members: readonly Node[]): Node[] {
    const inside = new Set(members);
    return members.flatMap((member) =>
      member.inputs
        .filter((input) => !inside.has(input))
        .flatMap((input) => {
          if (!member.op.pointwise) return [input];
          const source = input.op.name === "broadcastTo" ? input.inputs : [input];
          return source.filter(({ op }) => op.name !== "constant");
        }),
    );
  }

  #at(node: Node): number {
    return this.#position.get(node) ?? 0;
  }

  /** Searches upwards from what the group reads, group by group, for a way back into it. Position in the graph's order
   *  cannot cut the search short: a node before the group may read a group that has later members. */
  #leavesAndReturns(joined: readonly Node[]): boolean {
    const inside = new Set(joined);
    const seen = new Set<Node>();
    const stack = joined.flatMap((member) => member.inputs.filter((input) => !inside.has(input)));
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      const members = this.membersOf(node);
      for (const member of members) {
        for (const input of member.inputs) {
          if (inside.has(input)) return true;
          if (!seen.has(input)) stack.push(input);
        }
      }
    }
    return false;
  }
}
