/** Files out of a zip that is in memory, by fflate: sizes are looked at before anything is unpacked. Archives that are larger than
 *  memory are read by `bring/zip.ts`, an entry at a time. */
import { type UnzipFileInfo, unzipSync } from "fflate";
import { ArgumentError, DescentError } from "../errors";

/** What may be in a zip. */
export interface ZipLimits {
  /** The files that are wanted: these names, or those that a test is true of. */
  readonly wanted: readonly string[] | ((name: string) => boolean);
  /** Of all of them together, unpacked. */
  readonly bytes?: number;
  /** A file that grows more when it is unpacked is meant to do harm; 1 for files that must be stored as they are. */
  readonly growth?: number;
  /** Of files. */
  readonly count?: number;
  /** What to say before what was expected, and after what came. */
  readonly what?: string;
  readonly advice?: string;
}

const MAX_BYTES = 2 ** 29;
const MAX_GROWTH = 1000;
const MAX_FILES = 10_000;

/** The files that are wanted and there. @throws ArgumentError for what is no zip, or unpacks to more than can be meant */
export function unzip(
  bytes: Uint8Array,
  {
    wanted,
    bytes: most = MAX_BYTES,
    growth = MAX_GROWTH,
    count: mostFiles = MAX_FILES,
    what = "Zip",
    advice = "Choose a whole file.",
  }: ZipLimits,
): Readonly<Record<string, Uint8Array>> {
  const refuse = (expected: string, got: string): never => {
    throw new ArgumentError(`${what}: expected ${expected}, got ${got}. ${advice}`);
  };
  const [only = "all", ...others] = typeof wanted === "function" ? [] : wanted;
  const where = others.length > 0 ? "all" : only;
  let [total, count] = [0, 0];
  const filter = ({ name, size, originalSize, compression }: UnzipFileInfo): boolean => {
    if (!(typeof wanted === "function" ? wanted(name) : wanted.includes(name))) return false;
    count += 1;
    if (count > mostFiles) refuse(`at most ${mostFiles} files`, "more");
    if (growth === 1 && compression !== 0) refuse(`${name} as it is`, "it deflated");
    // What says that it is smaller than it is packed would be cut off; what is stored is as large as it is.
    if (originalSize > size * growth) refuse(`${name} to grow at most ${growth} times`, String(originalSize));
    // Entries that share bytes would be more than the file.
    total += Math.max(size, originalSize);
    if (total > most) refuse(`at most ${most} bytes in ${where}`, String(total));
    return true;
  };
  try {
    return unzipSync(bytes, { filter });
  } catch (error) {
    if (error instanceof DescentError) throw error;
    return refuse("a whole zip", `one that does not open (${String(error).slice(0, 100)})`);
  }
}
