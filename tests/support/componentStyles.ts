// A component of Mantine's has a style sheet of its own, which is loaded with the page or by the file that uses the component:
// without it, a group has no gaps and a field no buttons, and nothing fails.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/support/paths";
import type { SourceFile } from "./architecture";

const sheetOf = (component: string): string => `@mantine/core/styles/${component}.css`;
const imports = ({ text }: SourceFile, component: string): boolean => text.includes(`"${sheetOf(component)}"`);

/** @param page the file whose styles are there from the start  @returns a message for each component without its sheet */
export function checkComponentStyles(file: SourceFile, page: SourceFile | undefined): string[] {
  const named = [...file.text.matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.trim()),
  );
  return named
    .filter((name) => name !== "" && existsSync(join(root, "node_modules", sheetOf(name))))
    .filter((name) => !imports(file, name) && !(page && imports(page, name)))
    .map((name) => `${file.path}: ${name} without its styles; import "${sheetOf(name)}"`);
}
