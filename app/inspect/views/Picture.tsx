/** One image, drawn pixel for pixel; style sheets make it larger. */
import { memo, useEffect, useRef } from "react";
import { toPixels } from "./readPredictions";

interface PictureProps {
  /** From 0 to 1, `[H, W, C]`. */
  readonly values: Float32Array;
  readonly shape: readonly number[];
  readonly className?: string | undefined;
}

export const Picture = memo(
  function Picture({ values, shape: [height = 1, width = 1, channels = 1], className }: PictureProps) {
    const canvas = useRef<HTMLCanvasElement>(null);
    useEffect(() => {
      const pixels = toPixels(values, channels);
      canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
    }, [values, width, height, channels]);
    return <canvas ref={canvas} width={width} height={height} className={className} aria-hidden />;
  },
  (before, after) => before.values.every((value, i) => value === after.values[i]),
);
