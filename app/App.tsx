/** The page: header, transport, and the parts side by side, or one at a time where the screen is small. */
import { useEffect } from "react";
import { Header } from "./layout/Header";
import { Notices } from "./layout/Notices";
import { Parts } from "./layout/Parts";
import { PartTabs } from "./layout/PartTabs";
import { SkipLink } from "./layout/SkipLink";
import { Workplace } from "./layout/Workplace";
import { useIsNarrow } from "./common/useIsNarrow";
import { DragArea } from "./model/DragArea";
import { DropArea } from "./DropArea";
import { CurvePlace } from "./CurvePlace";
import { ShownRun } from "./ShownRun";
import { Trials, TrialsAway } from "./Trials";
import { listenForShortcuts } from "./shortcuts";
import { useAnnouncement } from "./store/ui";
import { TransportBar } from "./train/TransportBar";
import classes from "./App.module.css";

export function App() {
  useEffect(listenForShortcuts, []);
  const isNarrow = useIsNarrow();
  return (
    <div className={classes.page}>
      <SkipLink />
      <Header />
      <TransportBar />
      {isNarrow && <PartTabs />}
      <main className={classes.main}>
        <DragArea>{isNarrow ? <Parts /> : <Workplace />}</DragArea>
        <Notices>
          <TrialsAway />
        </Notices>
      </main>
      <DropArea />
      <CurvePlace />
      <ShownRun />
      <Trials />
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
