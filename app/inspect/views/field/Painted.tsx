/** What a model says of every place of a square, painted. */
import { useEffect, useRef } from "react";
import { finer, FINER, paintField } from "./paint";

interface PaintedProps {
  /** Probabilities of classes, `[resolution^2, classes]`; the same array as long as they are the same. */
  readonly outputs: Float32Array;
  readonly classes: number;
  /** Places along each side. */
  readonly resolution: number;
  readonly className?: string | undefined;
}

export function Painted({ outputs, classes, resolution, className }: PaintedProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const side = FINER * resolution;
  useEffect(() => {
    const pixels = paintField(finer(outputs, classes, resolution), classes);
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, side, side), 0, 0);
  }, [outputs, classes, resolution, side]);
  return <canvas ref={canvas} width={side} height={side} className={className} aria-hidden />;
}
