/** Named files out of a zip, by fflate: sizes are looked at before anything is unpacked. */
import { unzipSync } from "fflate";
import { ArgumentError } from "../../errors";

/** Of one file, unpacked. */
const MOST_BYTES = 2 ** 29;
/** A file that grows more when it is unpacked is meant to do harm. */
const MOST_GROWTH = 1000;

/** The files of these names that there are. @throws ArgumentError for what is no zip, or unpacks to more than can be meant */
export function unzip(bytes: Uint8Array, names: readonly string[]): Readonly<Record<string, Uint8Array>> {
  const refuse = (expected: string, got: string): never => {
    throw new ArgumentError(`Zip: expected ${expected}, got ${got}. Choose a whole file.`);
  };
  try {
    return unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        if (!names.includes(name)) return false;
        if (originalSize > MOST_BYTES) refuse(`at most ${MOST_BYTES} bytes in ${name}`, String(originalSize));
        // What says that it is smaller than it is packed would be cut off; what is stored is as large as it is.
        if (originalSize > size * MOST_GROWTH)
          refuse(`${name} to grow at most ${MOST_GROWTH} times`, String(originalSize));
        return true;
      },
    });
  } catch (error) {
    if (error instanceof ArgumentError) throw error;
    return refuse("a zip", `one that does not open (${String(error).slice(0, 100)})`);
  }
}
