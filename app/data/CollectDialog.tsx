/** Pictures of one class that are made here: drawn on the pad, or taken by the camera, as many a second as it is held. Nothing of them
 *  leaves the device. */
import { Button } from "@mantine/core";
import { useEffect, useId, useRef, useState } from "react";
import type { BroughtFile } from "../../src/engine";
import { Dialog } from "../common/Dialog";
import { t } from "../common/words";
import { clearPad, useDrawing } from "../pad/drawing";
import { DrawPad } from "../pad/DrawPad";
import { reduceInk } from "../pad/reduce";
import { announce } from "../store/ui";
import { photograph, pictureOf, shootWhile } from "./camera";
import classes from "./CollectDialog.module.css";

export type Way = "draw" | "camera";

interface CollectDialogProps {
  readonly way: Way;
  /** What the class is called. */
  readonly name: string;
  /** Pixels along a side of what a network will see. */
  readonly size: number;
  readonly onAdd: (files: readonly BroughtFile[]) => void;
  readonly onClose: () => void;
}

export function CollectDialog({ way, name, size, onAdd, onClose }: CollectDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [count, setCount] = useState(0);
  const add = (files: readonly BroughtFile[]): void => {
    if (files.length === 0) return;
    setCount((before) => before + files.length);
    announce(t("bring.added", { name, pictures: files.length }));
    onAdd(files);
  };
  const title = t(way === "draw" ? "bring.drawFor" : "bring.shootFor", { name });
  return (
    <Dialog title={title} dialog={dialog} className={classes.dialog} onClose={onClose}>
      <div className={classes.body}>
        {way === "draw" ? <Drawing size={size} onAdd={add} /> : <Camera onAdd={add} />}
        <p className={classes.note}>{t("bring.addedSoFar", { pictures: count })}</p>
      </div>
    </Dialog>
  );
}

interface MakingProps {
  readonly onAdd: (files: readonly BroughtFile[]) => void;
}

/** What is drawn is reduced as the model's own pad reduces it, so that both are seen alike. */
function Drawing({ size, onAdd }: MakingProps & { readonly size: number }) {
  const help = useId();
  const isBlank = useDrawing(({ marks }) => marks.length === 0);
  useEffect(() => {
    // The pad among the results keeps what is on it.
    const before = useDrawing.getState();
    clearPad();
    return () => useDrawing.setState(before);
  }, []);
  const add = async (): Promise<void> => {
    const seen = reduceInk(useDrawing.getState().sheet.ink, size, size);
    clearPad();
    if (seen) onAdd([await pictureOf(seen, size)]);
  };
  return (
    <>
      <DrawPad help={help} />
      <p className={classes.note} id={help}>
        {t("bring.drawForHelp")}
      </p>
      <Button disabled={isBlank} onClick={() => void add()}>
        {t("bring.addDrawing")}
      </Button>
    </>
  );
}

function Camera({ onAdd }: MakingProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<"asking" | "open" | "refused">("asking");
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    const shown = video.current;
    if (!shown) return undefined;
    const stop = photograph(shown, (isOpen) => setState(isOpen ? "open" : "refused"));
    return stop;
  }, []);
  const add = useRef(onAdd);
  useEffect(() => {
    add.current = onAdd;
  });
  useEffect(() => {
    if (!isHeld || !video.current) return undefined;
    const taken = shootWhile(video.current);
    return () => void taken().then((files) => add.current(files));
  }, [isHeld]);
  const release = (): void => setHeld(false);
  return (
    <>
      <video ref={video} className={classes.video} muted playsInline aria-label={t("bring.viewfinder")} />
      {state === "refused" && (
        <p className={classes.problem} role="alert">
          {t("bring.noCamera")}
        </p>
      )}
      <Button
        className={classes.hold ?? ""}
        disabled={state !== "open"}
        onPointerDown={(event) => {
          if (event.isPrimary && event.button === 0) setHeld(true);
        }}
        onPointerUp={release}
        onPointerCancel={release}
        onPointerLeave={release}
        onKeyDown={({ key }) => {
          if (key === " " || key === "Enter") setHeld(true);
        }}
        onKeyUp={release}
        onBlur={release}
        onContextMenu={(event) => event.preventDefault()}
      >
        {t(isHeld ? "bring.shooting" : "bring.hold")}
      </Button>
    </>
  );
}
