/** Where the self-test's page begins. It shares the look of the main page, and none of its state. */
import "../styles/mantine";
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { fetchLaterWords } from "../../src/engine";
import { applyColorScheme, colorSchemeManager } from "../common/colorScheme";
import { theme } from "../common/theme";
import { SelfTestPage } from "./SelfTestPage";
import { readOptions } from "./options";
import { startSelfTest } from "./suite";

applyColorScheme();
await fetchLaterWords();
const options = readOptions(location.search);
startSelfTest(options);

const root = document.getElementById("root");
if (!root) throw new Error("selftest.html: expected an element with the id root, got none.");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} colorSchemeManager={colorSchemeManager} defaultColorScheme="auto">
      <SelfTestPage onRestart={() => startSelfTest(options)} />
    </MantineProvider>
  </StrictMode>,
);
