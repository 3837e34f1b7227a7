/** What has to do with beginning elsewhere, fetched when it is first drawn: stages of presets, the choice of weights, freezing. */
import { Suspense } from "react";
import { presets } from "../../src/engine";
import type { PresetId } from "../../src/engine";
import { lazily } from "../common/lazily";
import { useModel } from "../store/model";

const parts = () => import("./parts");

const Stages = lazily(() => parts().then((found) => found.Stages));

/** Where in the settings it is said which weights training begins with. */
export const StartField = lazily(() => parts().then((found) => found.StartField));
/** What freezes many layers at once. */
export const Freezing = lazily(() => parts().then((found) => found.Freezing));

const staged = (Object.keys(presets) as PresetId[]).filter((id) => "isStaged" in presets[id]);

/** The stages of a preset that has several. */
export function StageStrip() {
  const preset = useModel(({ description: { name } }) =>
    staged.find((id) => name === presets[id].title || name.startsWith(`${presets[id].title}: `)),
  );
  return preset === undefined ? null : (
    <Suspense>
      <Stages preset={preset} />
    </Suspense>
  );
}
