/** The plane of codes: drag across it and the decoder paints what is there; codes of test samples lie in it, and one that is pressed is
 *  chosen. */
import { Button, SegmentedControl } from "@mantine/core";
import type { CSSProperties } from "react";
import { useId, useMemo, useState } from "react";
import type { ModelDescription, SampleColumns } from "../../../../src/engine";
import { aboutOf, say, sizeOf, tasks } from "../../../../src/engine";
import { t } from "../../../common/words";
import { formatScore } from "../../../common/format";
import { dataOf, useDescription } from "../../../store/model";
import { takePrepared, useRun } from "../../../store/run";
import { chooseSamples, clearSamples, takeAt, takeChosen, useSamples } from "../../../store/samples";
import { useSampleColumns } from "../../../train/useSampleColumns";
import { useShown } from "../../../train/useShown";
import { Picture } from "../Picture";
import { CodePlane } from "./CodePlane";
import { hueOf, ORIGIN, type Place, placesOfTiles, reachOfCodes } from "./places";
import { useTestSamples } from "./useTestSamples";
import classes from "./PlaneView.module.css";

/** Pictures along each side. */
const TILES = 13;

const LOOKS = ["points", "tiles"] as const;
type Look = (typeof LOOKS)[number];

export function PlaneView() {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const model = prepared ?? edited;
  const columns = tasks[model.task.type].columns(aboutOf(model, dataOf(model)));
  const input = "said" in columns ? undefined : columns[0];
  const samples = useTestSamples();
  if (!input || !samples) return <p className={classes.hint}>{t("inspect.noPlane")}</p>;
  return <Codes model={model} input={input} samples={samples} />;
}

interface CodesProps {
  readonly model: ModelDescription;
  /** The column that is encoded. */
  readonly input: string;
  /** Test samples from the first. */
  readonly samples: SampleColumns;
}

function Codes({ model, input, samples }: CodesProps) {
  const [place, setPlace] = useState<Place>(ORIGIN);
  const [look, setLook] = useState<Look>("points");
  const help = useId();
  const column = samples[input];
  const values = useMemo(() => column && Float32Array.from(column.values), [column]);
  const shape = column?.info.shape ?? [];
  const count = values ? values.length / sizeOf(shape) : 0;
  const codes = useShown(input, values ?? null, count, "encode")?.shown["code"]?.data;
  const reach = codes ? reachOfCodes(codes) : 3;
  const code = useMemo(() => Float32Array.of(...place), [place]);
  const decoded = useShown("code", code, 1, "decode")?.shown["rebuilt"];
  const tiles = useMemo(() => (look === "tiles" ? placesOfTiles(TILES, reach) : null), [look, reach]);
  const painted = useShown("code", tiles, TILES * TILES, "decode")?.shown["rebuilt"];
  const isImage = column?.info.kind === "image";
  const told = Object.values(samples).find(({ info }) => info.kind === "class");
  const names = told?.info.names ?? [];
  const labels = told?.values;
  const chosen = useSamples(takeChosen);
  const at = useSamples(takeAt);
  const row = chosen?.of === "test" && chosen.dataset === model.dataset ? chosen.rows[at] : undefined;
  const choose = (sample: number): void =>
    chooseSamples({ of: "test", rows: [sample], said: say("inspect.ofPlane"), dataset: model.dataset });
  return (
    <div className={classes.view}>
      <CodePlane
        place={place}
        reach={reach}
        help={help}
        codes={codes}
        labels={labels}
        names={names}
        chosen={row}
        tiles={isImage && look === "tiles" && painted ? { across: TILES, shape, values: painted.data } : null}
        onMove={setPlace}
        onChoose={choose}
      />
      <div className={classes.beside}>
        <figure className={classes.decoded}>
          {isImage ? (
            <Picture
              values={decoded?.data ?? new Float32Array(sizeOf(shape))}
              shape={shape}
              className={classes.large}
            />
          ) : (
            <p className={classes.numbers}>{Array.from(decoded?.data ?? [], formatScore).join(", ")}</p>
          )}
          <figcaption className={classes.caption}>
            {t("inspect.decodedFrom", { x: place[0].toFixed(2), y: place[1].toFixed(2) })}
          </figcaption>
        </figure>
        {row === undefined ? (
          <p className={classes.notChosen}>{t("inspect.planeNotChosen")}</p>
        ) : (
          <ChosenSample row={row} input={input} />
        )}
      </div>
      <div className={classes.legend}>
        {isImage && (
          <SegmentedControl
            aria-label={t("inspect.planeLook")}
            value={look}
            onChange={(value) => setLook(value === "tiles" ? "tiles" : "points")}
            data={LOOKS.map((value) => ({ value, label: t(`inspect.${value}Look`) }))}
          />
        )}
        {names.length > 0 && (
          <ul className={classes.names} aria-label={t("inspect.planeClasses")}>
            {names.map((name, label) => (
              <li key={name} className={classes.name} style={{ "--hue": hueOf(label, names.length) } as CSSProperties}>
                <span className={classes.swatch} data-swatch aria-hidden />
                {name}
              </li>
            ))}
          </ul>
        )}
        <p className={classes.hint}>{t("inspect.planeHint")}</p>
        <p className={classes.axis} id={help}>
          {t("inspect.planeKeys", { reach })}
        </p>
      </div>
    </div>
  );
}

/** A test sample, and what is rebuilt from its code. */
function ChosenSample({ row, input }: { readonly row: number; readonly input: string }) {
  const rows = useMemo(() => [row], [row]);
  const column = useSampleColumns("test", rows)?.columns[input];
  const values = useMemo(() => column && Float32Array.from(column.values), [column]);
  const rebuilt = useShown(input, values ?? null)?.shown["rebuilt"];
  if (!values || !column) return null;
  const { shape, kind } = column.info;
  return (
    <figure className={classes.decoded}>
      {kind === "image" ? (
        <div className={classes.pair}>
          <Picture values={values} shape={shape} className={classes.image} />
          <Picture values={rebuilt?.data ?? new Float32Array(sizeOf(shape))} shape={shape} className={classes.image} />
        </div>
      ) : (
        <p className={classes.numbers}>
          {t("inspect.rebuiltAs", {
            from: Array.from(values, formatScore).join(", "),
            to: Array.from(rebuilt?.data ?? [], formatScore).join(", "),
          })}
        </p>
      )}
      <figcaption className={classes.caption}>{t("inspect.planeChosen", { row: row + 1 })}</figcaption>
      <Button variant="subtle" size="compact-sm" onClick={clearSamples}>
        {t("inspect.choseNone")}
      </Button>
    </figure>
  );
}
