/** Offers a file made in the page to the visitor. Nothing is sent anywhere. */

export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after this task.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A name as the first part of a file's: small letters and digits of any script, with hyphens between. @param none for a name that
 *  has neither */
export const fileStem = (name: string, none: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60) || none;
