// Writes a brotli and a gzip file beside every text of a built page, as servers that send precompressed files look for them.
// Refuses what is compressed already, and what would hardly shrink.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const texts = new Set([".css", ".html", ".js", ".json", ".svg", ".txt", ".webmanifest"]);

/** What fits into one packet anyway. */
const leastBytes = 1400;

/** A way to send a file smaller. */
interface Encoding {
  /** As `Accept-Encoding` and `Content-Encoding` call it. */
  readonly name: string;
  /** Of the file beside the plain one. */
  readonly extension: string;
  readonly compress: (text: Buffer, effort: Effort) => Promise<Buffer>;
}

/** How small: as small as can be, or nearly, in a tenth of the time. */
export type Effort = "thoroughly" | "quickly";

/** The smallest first. */
export const encodings: readonly Encoding[] = [
  {
    name: "br",
    extension: ".br",
    compress: (text, effort) => promisify(brotliCompress)(text, brotliOptions(text, effort)),
  },
  {
    name: "gzip",
    extension: ".gz",
    compress: (text) => promisify(gzip)(text, { level: 9 }),
  },
];

const brotliOptions = ({ length }: Buffer, effort: Effort) => ({
  params: {
    // The last level takes twice the time for one byte in fifty.
    [constants.BROTLI_PARAM_QUALITY]: effort === "quickly" ? 5 : 10,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: length,
  },
});

/** Compresses all files under a folder, in every {@link encodings encoding}. */
export async function compressFolder(folder: string, effort: Effort = "thoroughly"): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => texts.has(extname(name)));
  await Promise.all(
    files.map(async (name) => {
      const path = join(folder, name);
      const text = readFileSync(path);
      if (text.length < leastBytes) return;
      await Promise.all(
        encodings.map(async ({ extension, compress }) => writeFileSync(path + extension, await compress(text, effort))),
      );
    }),
  );
}
