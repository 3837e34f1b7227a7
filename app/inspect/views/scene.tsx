/** What an agent does: an episode after the other, in its world. */
import { lazily } from "../../common/lazily";
import type { ResultView } from "./view";

const Scene = lazily(() => import("./agents/SceneView").then(({ SceneView }) => SceneView));

export const scene: ResultView = {
  id: "scene",
  hint: "results.sceneHint",
  render: ({ shown }) => (Object.values(shown).some(({ kind }) => kind === "actions") ? <Scene /> : null),
};
