/** Attributions as a picture, on a scale that is printed and never changes. */
import { useEffect, useRef } from "react";
import type { Why } from "../../../../src/engine";
import { t } from "../../../common/words";
import { ColourScale } from "../ColourScale";
import { coloured } from "../colours";
import { overChannels } from "./parts";

/** How much stronger than layers' outputs single pixels are coloured: what a window loses is as large as those. */
const STRENGTH: Readonly<Record<Why["method"], number>> = { gradient: 4, integrated: 16, occlusion: 1 };

export function AttributionMap({
  answer,
  className,
}: {
  readonly answer: Why;
  readonly className?: string | undefined;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { values, shape, method } = answer;
  const [height = 1, width = 1, channels = 1] = shape;
  useEffect(() => {
    const strong = overChannels(values, channels).map((value) => value * STRENGTH[method]);
    canvas.current?.getContext("2d")?.putImageData(new ImageData(coloured(strong), width, height), 0, 0);
  }, [values, channels, method, width, height]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      className={className}
      role="img"
      aria-label={t("inspect.whyImage")}
    />
  );
}

export const Scale = ({ method }: { readonly method: Why["method"] }) => <ColourScale strength={STRENGTH[method]} />;
