/** A text of the catalogue with its emphasis: `**bold**` and `` `code` ``, not one in the other. */

export function Rich({ text }: { readonly text: string }) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part, i) => {
    // The parts of a text keep their places.
    // oxlint-disable-next-line react/no-array-index-key
    if (part.startsWith("**")) return <strong key={i}>{part.slice(2, -2)}</strong>;
    // oxlint-disable-next-line react/no-array-index-key
    if (part.startsWith("`")) return <code key={i}>{part.slice(1, -1)}</code>;
    // Not bare: translators replace bare texts.
    // oxlint-disable-next-line react/no-array-index-key
    return <span key={i}>{part}</span>;
  });
}
