/** One sample followed through every block of a model backwards: the gradient of its loss by what each block gives. */
import * as v from "valibot";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import type { Node } from "../graph/node";
import { topologicalOrder } from "../graph/traverse";
import { beforeActivation } from "../nn/source";
import { gradients } from "../ops/gradients";
import { columnsSchema, defineInquiry, type Subject } from "./inquiry";
import { type BlockOutput, givenColumn, lossOf, Side, type SideGraph, sideGraph } from "./side";

/** The gradient by a block's output, of that output's shape. */
export interface BlockGradient extends BlockOutput {
  /** Whether it is by what the block's softmax or sigmoid is given: the loss is computed from that, and goes past what it gives. */
  readonly isBeforeActivation: boolean;
}

/** The gradients of a sample's loss, without penalties, by the outputs of all blocks, in the order in which those are computed, in
 *  double precision. @param question `columns`: what networks read, and what is held against it */
export const backward = defineInquiry({
  question: v.object({ columns: columnsSchema }),
  answer: async (subject, { columns }): Promise<BlockGradient[]> => {
    const side = sideGraph(subject, 1);
    const wanted = gradientsOf(subject, side);
    const nodes = [...new Set(wanted.map(({ node }) => node))];
    const given = [...side.columns].map(([name, leaf]) => [leaf, givenColumn(subject, columns, name)] as const);
    const opened = await Side.open(subject, { outputs: nodes }, side.columns.values(), createCpuBackend("float64"));
    try {
      for (const [leaf, values] of given) opened.write(leaf, values);
      opened.run();
      return await Promise.all(
        wanted.map(async ({ node, ...block }) => {
          return { ...block, shape: node.shape.slice(1), data: Float32Array.from(await opened.read(node)) };
        }),
      );
    } finally {
      opened.dispose();
    }
  },
});

interface Wanted extends Pick<BlockGradient, "network" | "block" | "isBeforeActivation"> {
  readonly node: Node;
}

function gradientsOf(subject: Subject, side: SideGraph): Wanted[] {
  const loss = lossOf(subject, side);
  const seen = new Set(topologicalOrder([loss]));
  const blocks = Object.entries(side.networks).flatMap(([network, { outputs }]) =>
    outputs.map(({ name, node }) => {
      const isPassed = !seen.has(node);
      const before = isPassed ? (beforeActivation(node, "softmax") ?? beforeActivation(node, "sigmoid")) : undefined;
      return { network, block: name, node: before ?? node, isBeforeActivation: before !== undefined };
    }),
  );
  const found = gradients(
    loss,
    blocks.map(({ node }) => node),
  );
  return blocks.flatMap((block, i) => {
    const node = found[i];
    return node ? [{ ...block, node }] : [];
  });
}
