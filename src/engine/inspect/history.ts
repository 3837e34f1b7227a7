/** When validation samples were learnt and forgotten. */
import * as v from "valibot";
import type { SampleHistory } from "../train/history";
import { defineInquiry } from "./inquiry";

/** @returns null before the first validation of a model that tells a class */
export const history = defineInquiry({
  question: v.object({}),
  answer: async ({ past }): Promise<SampleHistory | null> => past?.history() ?? null,
});
