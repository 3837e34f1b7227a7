/** A run that was asked for as its card or its film, over the page. */
import { Suspense } from "react";
import { lazily } from "./common/lazily";
import { type Shown, useRuns } from "./store/runs";

interface ShownProps {
  readonly shown: Shown;
  readonly onClose: () => void;
}

const ways = {
  card: lazily<ShownProps>(() => import("./card/RunCard").then(({ RunCard }) => RunCard)),
  film: lazily<ShownProps>(() => import("./film/RunFilm").then(({ RunFilm }) => RunFilm)),
};

const close = (): void => useRuns.setState({ shown: null });

export function ShownRun() {
  const shown = useRuns((state) => state.shown);
  if (!shown) return null;
  const Way = ways[shown.as];
  return (
    <Suspense>
      <Way key={shown.id} shown={shown} onClose={close} />
    </Suspense>
  );
}
