// scratch
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "vitest";
import { parseFile } from "./support/architecture";
import { checkVisibleText } from "./support/visibleText";
it("lists", () => {
  const files = readdirSync("app", { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && /\.tsx?$/.test(e.name))
    .map((e) => join(e.parentPath, e.name));
  for (const path of files)
    for (const line of checkVisibleText(parseFile({ path, text: readFileSync(path, "utf8") }, existsSync)))
      console.log(line);
});
