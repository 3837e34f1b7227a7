/** The registry of ops: one line a file. Tests walk it; nothing else needs to. */
import { attentionOps } from "./attention";
import { batchNormOps } from "./batchNorm";
import { broadcastOps } from "./broadcast";
import { constantOps } from "./constant";
import { conv2dOps } from "./conv2d";
import { crossEntropyOps } from "./crossEntropy";
import { depthwiseOps } from "./depthwise";
import { dropoutOps } from "./dropout";
import { flipOps } from "./flip";
import { gatherOps } from "./gather";
import { layoutOps } from "./layout";
import { leafOps } from "./leaf";
import { matmulOps } from "./matmul";
import { pointwiseOps } from "./pointwise";
import { poolOps } from "./pool";
import { randomOps } from "./random";
import { recurrentOps } from "./recurrent";
import { reduceOps } from "./reduce";
import { resampleOps } from "./resample";
import { ringOps } from "./ring";
import { rowNormOps } from "./rowNorm";
import { runOps } from "./runs";
import { softmaxOps } from "./softmax";
import { stridedOps } from "./strided";
import { sumOfProductsOps } from "./sumOfProducts";
import { upSampleOps } from "./upSample";

/** Every op there is, by name. */
export const ops = {
  ...leafOps,
  ...constantOps,
  ...pointwiseOps,
  ...broadcastOps,
  ...reduceOps,
  ...layoutOps,
  ...stridedOps,
  ...matmulOps,
  ...sumOfProductsOps,
  ...conv2dOps,
  ...depthwiseOps,
  ...poolOps,
  ...upSampleOps,
  ...resampleOps,
  ...batchNormOps,
  ...rowNormOps,
  ...attentionOps,
  ...softmaxOps,
  ...crossEntropyOps,
  ...gatherOps,
  ...runOps,
  ...dropoutOps,
  ...randomOps,
  ...ringOps,
  ...recurrentOps,
  ...flipOps,
};

/** The name of an op. */
export type OpName = keyof typeof ops;
