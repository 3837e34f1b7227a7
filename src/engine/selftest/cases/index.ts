// The conformance table. An op in the registry without a row here does not compile.
import type { OpName } from "../../ops";
import type { OpCases } from "./table";
import { attentionCases } from "./attention";
import { batchNormCases } from "./batchNorm";
import { depthwiseCases } from "./depthwise";
import { linearCases } from "./linear";
import { lookupCases } from "./lookups";
import { movingCases } from "./moving";
import { pointwiseCases } from "./pointwise";
import { poolCases } from "./pool";
import { randomCases } from "./random";
import { recurrentCases } from "./recurrent";
import { resampleCases } from "./resample";
import { rowNormCases } from "./rowNorm";
import { rowCases } from "./rows";
import { runCases } from "./runs";
import { structureCases } from "./structure";
import { sumOfProductsCases } from "./sumOfProducts";
import { upSampleCases } from "./upSample";

/** Cases by op. */
export const cases: Record<OpName, OpCases> = {
  ...structureCases,
  ...pointwiseCases,
  ...linearCases,
  ...sumOfProductsCases,
  ...depthwiseCases,
  ...poolCases,
  ...upSampleCases,
  ...resampleCases,
  ...batchNormCases,
  ...movingCases,
  ...rowCases,
  ...rowNormCases,
  ...attentionCases,
  ...lookupCases,
  ...randomCases,
  ...runCases,
  ...recurrentCases,
};

/** The table as rows, for loops. */
export const rowsOfTable = Object.entries(cases) as readonly (readonly [OpName, OpCases])[];
