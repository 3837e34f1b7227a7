/** The chosen samples above a view that follows one of them. */
import { useMemo } from "react";
import { t } from "../../../common/words";
import { takeAt, takeChosen, useSamples } from "../../../store/samples";
import { useSampleColumns } from "../../../train/useSampleColumns";
import { Picture } from "../Picture";
import { isClip, stillOf } from "../trail";
import { SelectionHead } from "./SelectionHead";
import classes from "./SelectionHead.module.css";

const NONE: readonly number[] = [];

export default function ChosenBar() {
  const chosen = useSamples(takeChosen);
  const at = useSamples(takeAt);
  const row = chosen?.rows[at];
  const rows = useMemo(() => (row === undefined ? NONE : [row]), [row]);
  const columns = useSampleColumns(chosen?.of ?? "test", rows)?.columns ?? {};
  const image = Object.values(columns).find(
    ({ info, values }) => (info.kind === "image" || isClip(info)) && values.length > 0,
  );
  const still = useMemo(() => image && stillOf(image.info, Float32Array.from(image.values)), [image]);
  if (!chosen) return null;
  return (
    <section className={classes.bar} aria-label={t("inspect.chosen")}>
      <SelectionHead chosen={chosen}>
        {still && <Picture values={still.values} shape={still.shape} className={classes.image} />}
      </SelectionHead>
    </section>
  );
}
