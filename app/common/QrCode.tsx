/** An address as a QR code, for whoever holds a phone to the screen or to paper: dark on light whatever the page is. */
import { useEffect, useState } from "react";
import { t } from "./words";
import classes from "./QrCode.module.css";

/** The most bytes that a code holds, at the lowest level of error correction. Source: ISO/IEC 18004, version 40-L. */
const MAX_BYTES = 2953;

/** Whether an address fits into a code. */
export const fitsQrCode = (url: string): boolean => new TextEncoder().encode(url).length <= MAX_BYTES;

interface Drawing {
  readonly size: number;
  readonly path: string;
}

/** @param url one that fits */
export function QrCode({ url }: { readonly url: string }) {
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  useEffect(() => {
    let isWanted = true;
    void import("uqr").then(({ encode }) => {
      // The light border that readers need is four squares wide.
      const { size, data } = encode(url, { ecc: "L", border: 4 });
      const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
      if (isWanted) setDrawing({ size, path: squares.join("") });
    });
    return () => {
      isWanted = false;
    };
  }, [url]);
  return (
    <div className={classes.frame}>
      {drawing && (
        <svg
          viewBox={`0 0 ${drawing.size} ${drawing.size}`}
          role="img"
          aria-label={t("share.qrCode")}
          shapeRendering="crispEdges"
        >
          <path d={drawing.path} fill="#000" />
        </svg>
      )}
    </div>
  );
}
