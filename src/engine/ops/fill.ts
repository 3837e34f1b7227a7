/** What is read outside of an image, by name; how is with the ops that read there. */

/** `abc` goes on as `cba|abc|cba`, `000|abc|000`, `aaa|abc|ccc` or `abc|abc|abc`. */
export const fills = ["reflect", "constant", "nearest", "wrap"] as const;

/** One of {@link fills}. */
export type Fill = (typeof fills)[number];
