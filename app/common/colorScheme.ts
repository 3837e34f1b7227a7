/** Light or dark: the visitor's choice, or the system's until there is one. Set on the document before the first render,
 *  so that the page never flashes in the other scheme. */
import type { MantineColorScheme } from "@mantine/core";
import { localStorageColorSchemeManager } from "@mantine/core";

export const colorSchemeManager = localStorageColorSchemeManager({ key: "descent.colorScheme" });

/** Puts the scheme on the document. */
export function applyColorScheme(): void {
  const chosen: MantineColorScheme = colorSchemeManager.get("auto");
  const isDark = chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", isDark ? "dark" : "light");
}
