/** SHA-256 of bytes, by the browser where it can: then another thread does it, ten times as fast. */

/** Whether the browser digests, beside the thread that asks. `crypto.subtle` is missing on pages served over plain http from another
 *  machine: there JavaScript does it, and the thread waits. */
export const digestsAside = (): boolean => subtle() !== undefined;

/** The SHA-256 of bytes (FIPS 180-4), as 64 hexadecimal digits in lower case. The bytes are to stay as they are until it is told. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const browser = subtle();
  const digest = browser
    ? new Uint8Array(await browser.digest("SHA-256", bytes))
    : (await import("@noble/hashes/sha2.js")).sha256(bytes);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const subtle = (): SubtleCrypto | undefined => crypto.subtle;
