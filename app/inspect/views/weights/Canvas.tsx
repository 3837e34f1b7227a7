/** Pixels on the screen, drawn anew only when they have changed. */
import { type MouseEvent, useEffect, useRef } from "react";
import type { Painted } from "./paint";

interface CanvasProps {
  readonly painted: Painted;
  readonly className?: string | undefined;
  /** What it is a picture of; hidden from those who listen where what is around it says so. */
  readonly label?: string | undefined;
  readonly title?: string | undefined;
  /** Hears of the pixel under the pointer, and of one that is pressed. */
  readonly onOver?: (x: number, y: number) => void;
  readonly onPress?: (x: number, y: number) => void;
}

export function Canvas({ painted, className, label, title, onOver, onPress }: CanvasProps) {
  const { width, height, pixels } = painted;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [pixels, width, height]);
  const at = ({ nativeEvent: { offsetX, offsetY }, currentTarget }: MouseEvent<HTMLElement>): [number, number] => [
    Math.min(width - 1, Math.max(0, Math.floor((offsetX / currentTarget.clientWidth) * width))),
    Math.min(height - 1, Math.max(0, Math.floor((offsetY / currentTarget.clientHeight) * height))),
  ];
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      className={className}
      title={title}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
      onPointerMove={onOver && ((event) => onOver(...at(event)))}
      onClick={onPress && ((event) => onPress(...at(event)))}
    />
  );
}
