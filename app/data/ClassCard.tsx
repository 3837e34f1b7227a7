/** One class of pictures: some of them as a network will see them, its name, how many there are, whether it is taken, and ways to add
 *  more: files that are chosen or dropped on it, the camera, the pad. */
import { ActionIcon, TextInput } from "@mantine/core";
import { IconCamera, IconPencil } from "@tabler/icons-react";
import { type DragEvent, memo, useEffect, useRef, useState } from "react";
import type { BroughtFile, OpenedImages } from "../../src/engine";
import { t } from "../common/words";
import { Check } from "./Check";
import type { Way } from "./CollectDialog";
import { droppedFiles } from "./dropped";
import { FileButton } from "./FileButton";
import classes from "./BringDialog.module.css";

interface ClassCardProps {
  readonly group: OpenedImages["groups"][number];
  readonly shape: OpenedImages["shape"];
  readonly name: string;
  readonly isOff: boolean;
  /** Of the pictures of the largest class. */
  readonly share: number;
  readonly onName: (name: string) => void;
  readonly onOff: (isOff: boolean) => void;
  /** Null where nothing can be added. */
  readonly onAdd: ((files: readonly BroughtFile[]) => void) | null;
  readonly onMake: (way: Way) => void;
}

export function ClassCard({ group, shape, name, isOff, share, onName, onOff, onAdd, onMake }: ClassCardProps) {
  const [isOver, setOver] = useState(false);
  const over = (event: DragEvent): void => {
    if (!onAdd) return;
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent): void => {
    setOver(false);
    if (!onAdd) return;
    event.preventDefault();
    event.stopPropagation();
    void droppedFiles(event).then(onAdd);
  };
  return (
    <li
      className={classes.card}
      data-off={isOff || undefined}
      data-over={isOver || undefined}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Samples samples={group.samples} shape={shape} label={t("bring.samplesOf", { name: group.name })} />
      <TextInput
        aria-label={t("bring.nameOf", { name: group.name })}
        value={name}
        maxLength={60}
        disabled={isOff}
        onChange={({ currentTarget }) => onName(currentTarget.value)}
      />
      <div className={classes.bar} aria-hidden>
        <span style={{ width: `${100 * share}%` }} />
      </div>
      <Check
        label={t("bring.pictures", { pictures: group.count })}
        called={t("bring.take", { name: group.name, pictures: group.count })}
        isOn={!isOff}
        onChange={(isOn) => onOff(!isOn)}
      />
      {onAdd && (
        <div className={classes.more}>
          <FileButton label={t("bring.addFiles")} called={t("bring.addFilesTo", { name })} isSmall onFiles={onAdd} />
          <ActionIcon
            variant="default"
            aria-label={t("bring.shootFor", { name })}
            title={t("bring.shootFor", { name })}
            onClick={() => onMake("camera")}
          >
            <IconCamera size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="default"
            aria-label={t("bring.drawFor", { name })}
            title={t("bring.drawFor", { name })}
            onClick={() => onMake("draw")}
          >
            <IconPencil size={16} aria-hidden />
          </ActionIcon>
        </div>
      )}
    </li>
  );
}

const COLUMNS = 6;

interface SamplesProps {
  readonly samples: Uint8Array;
  readonly shape: OpenedImages["shape"];
  readonly label: string;
}

/** The samples beside each other, pixel for pixel. */
const Samples = memo(function Samples({ samples, shape: [height, width, channels], label }: SamplesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const count = Math.floor(samples.length / (height * width * channels));
  const rows = Math.max(1, Math.ceil(count / COLUMNS));
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || count === 0) return;
    for (let n = 0; n < count; n++) {
      const image = new ImageData(width, height);
      for (let i = 0, at = n * height * width * channels; i < image.data.length; i += 4, at += channels) {
        for (let c = 0; c < 3; c++) image.data[i + c] = samples[at + Math.min(c, channels - 1)] ?? 0;
        image.data[i + 3] = 255;
      }
      context.putImageData(image, (n % COLUMNS) * width, Math.floor(n / COLUMNS) * height);
    }
  }, [samples, count, height, width, channels]);
  return (
    <canvas
      ref={canvas}
      width={COLUMNS * width}
      height={rows * height}
      className={classes.samples}
      role="img"
      aria-label={label}
    />
  );
});
