/** Values as Python writes them. */

/** Of plain data whose texts are identifiers. */
export const python = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll(/\btrue\b/g, "True")
    .replaceAll(/\bfalse\b/g, "False")
    .replaceAll(/\bnull\b/g, "None");
