/** The sample that the cursor is on, and those that are most alike to it for the layer, in all its numbers. */
import { Button } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import type { Embedding } from "../../../../src/engine";
import { t } from "../../../common/words";
import { alikeTo } from "./places";
import { placeOnSheet, type Sheet } from "./sheet";
import classes from "./EmbeddingView.module.css";

const MOST = 10;

interface NeighboursProps {
  readonly embedding: Embedding;
  readonly sheet: Sheet;
  readonly sprites: OffscreenCanvas;
  readonly sample: number;
  readonly told: string;
  readonly onCursor: (sample: number) => void;
  readonly onChoose: (samples: readonly number[]) => void;
}

export function Neighbours({ embedding, sheet, sprites, sample, told, onCursor, onChoose }: NeighboursProps) {
  const { values, width } = embedding;
  const alike = useMemo(() => alikeTo(values, width, sample, MOST), [values, width, sample]);
  return (
    <section className={classes.alike} aria-label={t("inspect.alike")}>
      <div className={classes.cursor}>
        <Sprite sheet={sheet} sprites={sprites} sample={sample} className={classes.large} />
        <p className={classes.line} aria-live="polite">
          {told}
        </p>
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => onChoose([sample, ...alike.map((each) => each.sample)])}
        >
          {t("inspect.chooseAlike")}
        </Button>
      </div>
      <p className={classes.line}>{t("inspect.alikeHint")}</p>
      <ul className={classes.strip}>
        {alike.map((each) => (
          <li key={each.sample}>
            <button
              type="button"
              className={classes.one}
              aria-label={t("inspect.alikeSample", { row: each.sample + 1, alike: each.cosine.toFixed(2) })}
              onClick={() => onCursor(each.sample)}
            >
              <Sprite sheet={sheet} sprites={sprites} sample={each.sample} className={classes.small} />
              <span>{each.cosine.toFixed(2)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface SpriteProps extends Pick<NeighboursProps, "sheet" | "sprites" | "sample"> {
  readonly className: string | undefined;
}

function Sprite({ sheet, sprites, sample, className }: SpriteProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = sheet;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, width, height);
    const [x, y] = placeOnSheet(sheet, sample);
    context.drawImage(sprites, x, y, width, height, 0, 0, width, height);
  }, [sheet, sprites, sample, width, height]);
  return <canvas ref={canvas} width={width} height={height} className={className} aria-hidden />;
}
