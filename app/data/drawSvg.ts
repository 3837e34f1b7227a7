/** Draws SVG pictures, which workers cannot. As images they run no scripts and fetch nothing. */
import * as Comlink from "comlink";

/** A drawing is given so long to come. */
const PATIENCE_MS = 3000;

/** @param side pixels along its longer side  @returns null where it is no drawing, or does not come in time */
export async function drawSvg(bytes: Uint8Array<ArrayBuffer>, side: number): Promise<ImageBitmap | null> {
  const url = URL.createObjectURL(new Blob([bytes], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    let late = 0;
    const isThere = await Promise.race([
      image.decode().then(
        () => true,
        () => false,
      ),
      new Promise<boolean>((resolve) => (late = window.setTimeout(() => resolve(false), PATIENCE_MS))),
    ]);
    clearTimeout(late);
    const { naturalWidth, naturalHeight } = image;
    if (!isThere || naturalWidth === 0 || naturalHeight === 0) return null;
    const scale = side / Math.max(naturalWidth, naturalHeight);
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(naturalHeight * scale));
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const bitmap = await createImageBitmap(canvas);
    return Comlink.transfer(bitmap, [bitmap]);
  } finally {
    URL.revokeObjectURL(url);
  }
}
