/** The page: header, transport, and the parts side by side, or one at a time where the screen is small. */
import { IconLock } from "@tabler/icons-react";
import { useEffect } from "react";
import { ChartsPanel } from "./charts/ChartsPanel";
import { ResultsPanel } from "./inspect/ResultsPanel";
import { Header } from "./layout/Header";
import { Notices } from "./layout/Notices";
import { PartArea, PartTabs } from "./layout/PartTabs";
import { SkipLink } from "./layout/SkipLink";
import { DragArea } from "./model/DragArea";
import { Inspector } from "./model/Inspector";
import { LayerPalette } from "./model/LayerPalette";
import { ModelStack } from "./model/ModelStack";
import { listenForShortcuts } from "./shortcuts";
import { useAnnouncement } from "./store/ui";
import { TryList } from "./tour/TryList";
import { TransportBar } from "./train/TransportBar";
import classes from "./App.module.css";

export function App() {
  useEffect(listenForShortcuts, []);
  return (
    <div className={classes.page}>
      <SkipLink />
      <Header />
      <TransportBar />
      <PartTabs />
      <main className={classes.main}>
        <Notices />
        <div className={classes.parts}>
          <DragArea>
            <PartArea part="build" className={classes.build}>
              <div className={classes.side}>
                <LayerPalette className={classes.palette} />
                <TryList />
                <nav className={classes.device} aria-label="This device">
                  <a href="./selftest.html" target="_blank" rel="noopener">
                    Self-test of this device
                  </a>
                  <a href="./bench.html" target="_blank" rel="noopener">
                    Benchmark of this device
                  </a>
                </nav>
              </div>
              <ModelStack className={classes.model} />
            </PartArea>
          </DragArea>
          <PartArea part="settings" className={classes.settings}>
            <Inspector className={classes.fill} />
          </PartArea>
          <PartArea part="charts" className={classes.charts}>
            <ChartsPanel className={classes.fill} />
          </PartArea>
          <PartArea part="results" className={classes.results}>
            <ResultsPanel className={classes.fill} />
          </PartArea>
        </div>
        <p className={classes.promise} aria-hidden>
          <IconLock size={13} />
          Nothing leaves this device
        </p>
      </main>
      <Announcer />
    </div>
  );
}

function Announcer() {
  const text = useAnnouncement(takeText);
  return (
    <div className="visuallyHidden" aria-live="polite">
      {text}
    </div>
  );
}

const takeText = ({ text }: { readonly text: string }): string => text;
