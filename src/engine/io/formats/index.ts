/** The registry of formats that models are written to: one line each, in the order to offer them. Loaded when the first is asked for. */
import { c } from "./c";
import type { ExportFormat } from "./format";
import { keras } from "./keras";
import { onnx } from "./onnx";
import { pocket } from "./pocket";
import { tensorFlowJs } from "./tensorFlowJs";
import { torch, torchWeights } from "./torch";
import { train } from "./train";
import { numpy, safetensors } from "./weights";

const registry = {
  keras,
  torch,
  onnx,
  tfjs: tensorFlowJs,
  html: pocket,
  c,
  train,
  pt: torchWeights,
  safetensors,
  npz: numpy,
} satisfies Record<string, ExportFormat>;

/** The name of a format. */
export type FormatId = keyof typeof registry;

/** All formats. */
export const formats: Readonly<Record<FormatId, ExportFormat>> = registry;
