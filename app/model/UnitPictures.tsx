/** Small pictures of what each unit of a layer gives over the plane, on its card; and who asks for them. */
import { useEffect, useRef } from "react";
import type { AnswerOf } from "../../src/engine";
import { t } from "../common/words";
import { UNIT_PICTURES, useUnits } from "../store/units";
import { useInquiry } from "../train/inquire";
import classes from "./UnitPictures.module.css";

const { resolution } = UNIT_PICTURES;
/** High is orange and low is blue, as in the field of two classes. */
const HIGH = [230, 126, 20] as const;
const LOW = [0, 114, 178] as const;

/** Asks while it is there. */
export function UnitAsker(): null {
  const fields = useInquiry("unitFields", UNIT_PICTURES);
  useEffect(() => useUnits.setState({ fields: fields ?? [] }), [fields]);
  useEffect(() => () => useUnits.setState({ fields: [] }), []);
  return null;
}

/** RGBA pixels of numbers: white at 0 as far as there are two signs, at the middle elsewhere, and the stronger the farther from it.
 *  @param values of one unit */
export function paintUnit(values: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const middle = least < 0 && most > 0 ? 0 : (least + most) / 2;
  const span = Math.max(most - middle, middle - least);
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    const strength = span > 0 ? ((values[i] ?? 0) - middle) / span : 0;
    const colour = strength > 0 ? HIGH : LOW;
    for (let c = 0; c < 3; c++) {
      pixels[4 * i + c] = 255 + Math.abs(strength) * ((colour[c] ?? 0) - 255);
    }
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

export function UnitPictures({ of: { units, shown, values } }: { readonly of: AnswerOf<"unitFields">[number] }) {
  const places = resolution * resolution;
  return (
    <div
      className={classes.units}
      role="img"
      aria-label={t("inspect.unitPictures", { units })}
      title={t("inspect.unitHelp")}
    >
      {Array.from({ length: shown }, (_, unit) => (
        // A unit is what its place says.
        // eslint-disable-next-line react/no-array-index-key
        <Unit key={unit} values={values.subarray(unit * places, (unit + 1) * places)} />
      ))}
      {units > shown && <span className={classes.more}>{t("inspect.moreUnits", { more: units - shown })}</span>}
    </div>
  );
}

function Unit({ values }: { readonly values: Float32Array }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(new ImageData(paintUnit(values), resolution, resolution), 0, 0);
  }, [values]);
  return <canvas ref={canvas} width={resolution} height={resolution} className={classes.unit} aria-hidden />;
}
