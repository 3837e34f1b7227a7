/** Pictures as they were read: how a network is to see them, their classes, what comes of that, and ways to add more. */
import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import type { AddedTo, BroughtFile, ImageSettings, Look, OpenedImages } from "../../src/engine";
import { t, tell } from "../common/words";
import { Check } from "./Check";
import { ComesTo } from "./ComesTo";
import { ClassCard } from "./ClassCard";
import { CollectDialog, type Way } from "./CollectDialog";
import { FileButton } from "./FileButton";
import { TestShare } from "./TestShare";
import classes from "./BringDialog.module.css";

const SIZES = [16, 24, 28, 32, 48, 64, 96, 128] as const;
/** Those left out that are listed. */
const LISTED = 100;

interface ImageFormProps {
  readonly opened: OpenedImages;
  readonly onChange: (settings: ImageSettings) => void;
  readonly onAdd: (files: readonly BroughtFile[], to: AddedTo) => void;
}

export function ImageForm({ opened, onChange, onAdd }: ImageFormProps) {
  /** Which class pictures are being made for, and how. */
  const [making, setMaking] = useState<{ readonly way: Way; readonly group: string } | null>(null);
  const { groups, shape, isFixed, hasTwins, hasFiles, refusedCount, refused, settings, report } = opened;
  const { look, names, off } = settings;
  const set = (patch: Partial<ImageSettings>): void => onChange({ ...settings, ...patch });
  const see = (patch: Partial<Look>): void => set({ look: { ...look, ...patch } });
  const most = Math.max(1, ...groups.map(({ count }) => count));
  const nameOf = (group: string): string => names[groups.findIndex(({ name }) => name === group)] ?? group;
  return (
    <>
      <div className={classes.fields}>
        <TextInput
          label={t("bring.name")}
          value={settings.title}
          maxLength={80}
          onChange={({ currentTarget }) => set({ title: currentTarget.value })}
        />
        {!isFixed && (
          <>
            <NativeSelect
              label={t("bring.size")}
              value={String(look.size)}
              onChange={({ currentTarget }) => see({ size: Number(currentTarget.value) })}
              data={SIZES.map((size) => ({ value: String(size), label: `${size} × ${size}` }))}
            />
            <NativeSelect
              label={t("bring.colours")}
              value={String(look.channels)}
              onChange={({ currentTarget }) => see({ channels: currentTarget.value === "1" ? 1 : 3 })}
              data={[
                { value: "1", label: t("bring.grey") },
                { value: "3", label: t("bring.colour") },
              ]}
            />
            <NativeSelect
              label={t("bring.fit")}
              value={look.fit}
              onChange={({ currentTarget: { value } }) =>
                see({ fit: value === "whole" || value === "stretch" ? value : "crop" })
              }
              data={[
                { value: "crop", label: t("bring.crop") },
                { value: "whole", label: t("bring.whole") },
                { value: "stretch", label: t("bring.stretch") },
              ]}
            />
            <NativeSelect
              label={t("bring.ground")}
              value={look.ground}
              onChange={({ currentTarget: { value } }) => see({ ground: value === "black" ? "black" : "white" })}
              data={[
                { value: "white", label: t("bring.white") },
                { value: "black", label: t("bring.black") },
              ]}
            />
          </>
        )}
        <TestShare settings={settings} byFile={hasFiles ? t("bring.byFile") : null} onChange={set} />
      </div>
      {(!isFixed || hasTwins) && (
        <div className={classes.switches}>
          {!isFixed && (
            <Check label={t("bring.invert")} isOn={look.isInverted} onChange={(isInverted) => see({ isInverted })} />
          )}
          {hasTwins && (
            <Check
              label={t("bring.skipTwins")}
              isOn={settings.skipsTwins}
              onChange={(skipsTwins) => set({ skipsTwins })}
            />
          )}
        </div>
      )}
      <ComesTo report={report}>
        {t("bring.picturesCome", {
          train: report.trainCount,
          test: report.testCount,
          classes: report.classes.length,
          size: shape.join(" × "),
        })}
      </ComesTo>
      {refusedCount > 0 && (
        <details className={classes.refused}>
          <summary>{t("bring.filesLeftOut", { files: refusedCount })}</summary>
          <ul>
            {refused.slice(0, LISTED).map(({ path, why }) => (
              <li key={path}>{t("bring.leftOut", { name: path, reason: tell(why) })}</li>
            ))}
            {refusedCount > LISTED && <li>{t("bring.andMore", { files: refusedCount - LISTED })}</li>}
          </ul>
        </details>
      )}
      <section aria-label={t("bring.classes")}>
        <p className={classes.note}>{t("bring.classesHelp")}</p>
        <ul className={classes.cards}>
          {groups.map((group, i) => (
            <ClassCard
              key={group.name}
              group={group}
              shape={shape}
              name={names[i] ?? ""}
              isOff={off[i] === true}
              share={group.count / most}
              onName={(name) => set({ names: names.with(i, name) })}
              onOff={(isOff) => set({ off: off.with(i, isOff) })}
              onAdd={isFixed ? null : (files) => onAdd(files, { group: group.name })}
              onMake={(way) => setMaking({ way, group: group.name })}
            />
          ))}
        </ul>
        {!isFixed && (
          <div className={classes.adding}>
            <button type="button" className={classes.way} onClick={() => onAdd([], { group: freshName(groups) })}>
              {t("bring.addClass")}
            </button>
            <FileButton label={t("bring.addTest")} onFiles={(files) => onAdd(files, { split: "test" })} />
            <FileButton
              label={t("bring.addTestFolder")}
              isFolder
              onFiles={(files) => onAdd(files, { split: "test" })}
            />
          </div>
        )}
        {!isFixed && <p className={classes.note}>{t("bring.addTestHelp")}</p>}
      </section>
      {making && (
        <CollectDialog
          way={making.way}
          name={nameOf(making.group)}
          size={look.size}
          onAdd={(files) => onAdd(files, { group: making.group })}
          onClose={() => setMaking(null)}
        />
      )}
    </>
  );
}

/** A name that no class came with. */
function freshName(groups: OpenedImages["groups"]): string {
  const taken = new Set(groups.map(({ name }) => name));
  for (let number = groups.length + 1; ; number++) {
    const name = t("bring.classOf", { number });
    if (!taken.has(name)) return name;
  }
}
