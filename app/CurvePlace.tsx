/** What can be done at a place of the curves, which is fetched when the first place is asked for. */
import { Suspense } from "react";
import { lazily } from "./common/lazily";
import { useCurvePlace } from "./store/curvePlace";

const PlaceChoices = lazily(() => import("./runs/PlaceChoices").then((loaded) => loaded.PlaceChoices));

export function CurvePlace() {
  const { place } = useCurvePlace();
  return (
    place && (
      <Suspense fallback={null}>
        <PlaceChoices key={`${place.step} ${place.left}`} place={place} />
      </Suspense>
    )
  );
}
