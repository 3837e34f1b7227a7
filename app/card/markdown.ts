/** A card as Markdown, for a report or a README. Pure. */
import type { CardPart } from "./content";

/** As it is, wherever it stands: what a visitor or a dataset is called is no markup. */
const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~]/g, String.raw`\$&`).replace(/\s+/g, " ");

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** @param link the address of the model, left out where it is too long */
export function toMarkdown(title: string, note: string, parts: readonly CardPart[], link: string | null): string {
  const blocks = [`# ${plain(title)}`];
  if (note !== "") blocks.push(plain(note));
  for (const { heading, facts, table, note: about } of parts) {
    blocks.push(`## ${plain(heading)}`);
    if (facts) blocks.push(facts.map(([label, value]) => `- ${plain(label)}: ${plain(value)}`).join("\n"));
    if (table) {
      const { columns, rows } = table;
      blocks.push(
        [line(columns.map(plain)), line(columns.map(() => "---")), ...rows.map((row) => line(row.map(plain)))].join(
          "\n",
        ),
      );
    }
    if (about) blocks.push(plain(about));
  }
  if (link !== null) blocks.push(`<${link}>`);
  return `${blocks.join("\n\n")}\n`;
}
