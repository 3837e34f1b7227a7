/** Depthwise convolution and its gradients as records for `src/wasm/depthwise.ts`. */
import { DEPTHWISE_UNIT, Kernel } from "../../../../wasm/codes";
import type { Launch } from "../../../compile/plan";
import type { DepthwiseGeometry, DepthwiseOptions, GradInputAttrs, GradKernelAttrs } from "../../../ops/depthwise";
import { depthwiseGeometry } from "../../../ops/depthwise";
import type { AddressOf, WasmLaunch, Records } from "./records";

/** A piece of work is a row of the output. */
export function lowerDepthwise(step: Launch, addressOf: AddressOf, records: Records): WasmLaunch[] | undefined {
  const [x, filters] = step.inputs;
  if (!x || !filters) return undefined;
  const sizes = depthwiseGeometry("depthwiseConv2d", x.shape, filters.shape, step.attrs as DepthwiseOptions);
  const units = sizes.batch * sizes.rows.output;
  return launch({ kernel: Kernel.depthwise, units }, step, sizes, addressOf, records);
}

/** A piece of work is a row of the images' gradient. */
export function lowerDepthwiseGradInput(
  step: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  const filters = step.inputs[1];
  if (!filters) return undefined;
  const options = step.attrs as GradInputAttrs;
  const sizes = depthwiseGeometry("depthwiseConv2dGradInput", options.image, filters.shape, options);
  const units = sizes.batch * sizes.rows.input;
  return launch({ kernel: Kernel.depthwiseGradInput, units }, step, sizes, addressOf, records);
}

/** A piece of work is some output channels of a tap. */
export function lowerDepthwiseGradKernel(
  step: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  const [x] = step.inputs;
  if (!x) return undefined;
  const options = step.attrs as GradKernelAttrs;
  const sizes = depthwiseGeometry("depthwiseConv2dGradKernel", x.shape, options.kernel, options);
  const blocks = Math.ceil((sizes.channels * sizes.multiplier) / DEPTHWISE_UNIT);
  const units = sizes.rows.kernel * sizes.columns.kernel * blocks;
  return launch({ kernel: Kernel.depthwiseGradKernel, units }, step, sizes, addressOf, records);
}

function launch(
  { kernel, units }: Pick<WasmLaunch, "kernel" | "units">,
  { inputs: [left, right], outputs: [result] }: Launch,
  { batch, rows, columns, channels, multiplier }: DepthwiseGeometry,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!left || !right || !result) return undefined;
  const record = records.words([
    addressOf(left),
    addressOf(right),
    addressOf(result),
    batch,
    channels,
    multiplier,
    rows.input,
    columns.input,
    rows.output,
    columns.output,
    rows.kernel,
    columns.kernel,
    rows.stride,
    columns.stride,
    rows.dilation,
    columns.dilation,
    rows.before,
    columns.before,
  ]);
  return [{ kernel, record, units }];
}
