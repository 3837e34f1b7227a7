/** Where the benchmark's page begins: its theme is the app's, and nothing else of the app is loaded. */
import "../styles/mantine";
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { fetchLaterWords } from "../../src/engine";
import { applyColorScheme, colorSchemeManager } from "../common/colorScheme";
import { theme } from "../common/theme";
import { BenchPage } from "./BenchPage";

applyColorScheme();
await fetchLaterWords();
const root = document.getElementById("root");
if (!root) throw new Error("bench.html: expected an element with the id root, got none.");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} colorSchemeManager={colorSchemeManager} defaultColorScheme="auto">
      <BenchPage />
    </MantineProvider>
  </StrictMode>,
);
