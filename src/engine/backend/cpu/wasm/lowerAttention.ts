/** Attention as records for `src/wasm/attention.ts`. */
import { ATTENTION_ROWS, Kernel } from "../../../../wasm/codes";
import type { Launch } from "../../../compile/plan";
import type { Node } from "../../../graph/node";
import type { AttentionOptions } from "../../../ops/attention";
import { sizeOf } from "../../../shape";
import type { AddressOf, WasmLaunch, Records } from "./records";
import { floatWord } from "./records";

const upTo = (multiple: number, count: number): number => Math.ceil(count / multiple) * multiple;

/** @param trace what attention gave  @param room arrays of padded rows that a thread needs, and turned ones, each of which comes with logits  @param ends further words */
function lowerHeads(
  kernel: Kernel,
  { attrs, inputs }: Launch,
  { trace, room, ends }: { trace: number; room: { rows: number; turned: number }; ends: readonly number[] },
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] {
  const { heads, causal, scale } = attrs as AttentionOptions;
  const [query, key, value] = inputs.slice(-3) as [Node, Node, Node];
  const [samples = 1, steps = 1, width = 1] = query.shape;
  const depth = width / heads;
  // Rows of logits may be written a vector too far.
  const logits = room.turned * ATTENTION_ROWS * (upTo(4, steps) + 4);
  const rows = room.rows * upTo(ATTENTION_ROWS, steps) * upTo(4, depth);
  const scratchBytes = 4 * (rows + room.turned * depth * upTo(4, steps) + logits);
  const record = records.words([
    ...[steps, width, depth, heads, causal ? 1 : 0, floatWord(scale)],
    ...[addressOf(query), addressOf(key), addressOf(value)],
    ...[trace, trace + sizeOf(query.shape) * 4],
    ...[records.room(scratchBytes * records.threads), scratchBytes],
    ...ends,
  ]);
  return [{ kernel, record, units: samples * heads }];
}

/** Forward. */
export function lowerAttention(step: Launch, addressOf: AddressOf, records: Records): WasmLaunch[] | undefined {
  const [trace] = step.outputs;
  if (!trace) return undefined;
  const told = { trace: addressOf(trace), room: { rows: 3, turned: 1 }, ends: [] };
  return lowerHeads(Kernel.attention, step, told, addressOf, records);
}

/** Back. */
export function lowerAttentionGrad(step: Launch, addressOf: AddressOf, records: Records): WasmLaunch[] | undefined {
  const [dy, trace] = step.inputs;
  const [slopes] = step.outputs;
  if (!dy || !trace || !slopes) return undefined;
  const to = [0, 1, 2].map((index) => addressOf(slopes) + index * sizeOf(dy.shape) * 4);
  const told = { trace: addressOf(trace), room: { rows: 7, turned: 2 }, ends: [addressOf(dy), ...to] };
  return lowerHeads(Kernel.attentionGrad, step, told, addressOf, records);
}
