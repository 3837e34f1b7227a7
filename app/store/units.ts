/** What the units of layers give over the plane, as somebody last asked, where the model reads points. */
import { create } from "zustand";
import type { AnswerOf } from "../../src/engine";

type Fields = AnswerOf<"unitFields">;

/** Squares along each side of a picture, and units of a layer that have one. */
export const UNIT_PICTURES = { resolution: 16, most: 32 } as const;

interface UnitsState {
  readonly fields: Fields;
}

export const useUnits = create<UnitsState>()(() => ({ fields: [] }));

export const takeUnits =
  (network: string, block: string) =>
  ({ fields }: UnitsState): Fields[number] | undefined =>
    fields.find((each) => each.network === network && each.block === block);
