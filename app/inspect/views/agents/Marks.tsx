/** The shapes of a picture of a world. */
import type { Mark } from "../../../../src/engine";
import classes from "./SceneView.module.css";

export function Marks({ marks }: { readonly marks: readonly Mark[] }) {
  return marks.map((mark, i) => {
    const shared = { className: classes.mark, "data-tone": mark.tone };
    // A picture has the same shapes in the same order at every step.
    const key = i;
    if (mark.kind === "box") {
      const { x, y, width, height } = mark;
      return <rect key={key} {...shared} x={x} y={y} width={width} height={height} rx={0.04} />;
    }
    if (mark.kind === "disc") return <circle key={key} {...shared} cx={mark.x} cy={mark.y} r={mark.radius} />;
    const [[x1, y1], [x2, y2]] = [mark.from, mark.to];
    return <line key={key} {...shared} x1={x1} y1={y1} x2={x2} y2={y2} strokeWidth={mark.width} />;
  });
}
