/** One run of the list. */
import { ActionIcon, Menu, TextInput, Tooltip } from "@mantine/core";
import "@mantine/core/styles/Menu.css";
import {
  IconCopy,
  IconDeviceFloppy,
  IconDots,
  IconFlag,
  IconFlagFilled,
  IconGitFork,
  IconHistory,
  IconMovie,
  IconId,
  IconNote,
  IconPencil,
  IconPin,
  IconPinFilled,
  IconStar,
  IconTrash,
} from "@tabler/icons-react";
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from "react";
import type { ListedRun } from "../../src/engine";
import { RunSwatch } from "../charts/RunSwatch";
import { formatEpoch } from "../common/format";
import { t } from "../common/words";
import { takeState, useRun } from "../store/run";
import { MAX_PINS, useRuns } from "../store/runs";
import { ForkPoint } from "./ForkPoint";
import { scoresOf } from "./scores";
import { replaceModel } from "../store/model";
import { showPart } from "../store/ui";
import { makeWay, resumeRun } from "../train/session";
import { saveRuns } from "./packing";
import { rename, setNote, slotOf, toggleBaseline, togglePin } from "./watch";
import classes from "./RunsPanel.module.css";

/** Runs are indented no further, whatever they descend from. */
const MAX_INDENTED = 4;

/** What of a row the keyboard goes back to. */
type RowPart = "rename" | "more" | "fork" | "remove";

/** Brings the keyboard back to a part of a row, once what it was in is gone. */
function goBackTo(row: Element | null | undefined, part: RowPart): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    row?.querySelector<HTMLElement>(`[data-part="${part}"]`)?.focus({ preventScroll: true });
  });
}

interface RunRowProps {
  readonly run: ListedRun;
  readonly name: string;
  /** How many runs it descends from. */
  readonly depth: number;
  /** What its parent is called; undefined where there is none in the list. */
  readonly parent: string | undefined;
  /** It is this tab's. */
  readonly isOwn: boolean;
  /** A tab has it at hand. */
  readonly isTaken: boolean;
  readonly canPin: boolean;
  readonly onDelete: () => Promise<void>;
}

export function RunRow({ run, name, depth, parent, isOwn, isTaken, canPin, onDelete }: RunRowProps) {
  const { id, mark, savedStep, bestStep } = run;
  const [isForked, setIsForked] = useState(false);
  const [isNoted, setIsNoted] = useState(false);
  const isPinned = mark.pin !== null;
  const isTrained = useRun(takeState) === "running" && isOwn;
  const row = useRef<HTMLLIElement>(null);
  const remove = (): void => {
    const { nextElementSibling, previousElementSibling } = row.current ?? {};
    void onDelete().then(() => goBackTo(nextElementSibling ?? previousElementSibling, "remove"));
  };
  return (
    <li ref={row} className={classes.row} style={{ "--depth": Math.min(depth, MAX_INDENTED) } as CSSProperties}>
      <div className={classes.pins}>
        <Action
          label={t("runs.pin", { name })}
          help={t("runs.pinHelp", { most: MAX_PINS })}
          isPressed={isPinned}
          isOff={!canPin}
          onPress={() => void togglePin(run)}
        >
          {isPinned ? <IconPinFilled size={16} /> : <IconPin size={16} />}
        </Action>
        <Action
          label={t("runs.baseline", { name })}
          help={t("runs.baselineHelp")}
          isPressed={mark.isBaseline}
          onPress={() => void toggleBaseline(run)}
        >
          {mark.isBaseline ? <IconFlagFilled size={16} /> : <IconFlag size={16} />}
        </Action>
      </div>
      <Name run={run} name={name} parent={parent} isOwn={isOwn} isTaken={isTaken} />
      <Scores run={run} />
      <div className={classes.actions}>
        {bestStep !== null && bestStep !== savedStep && (
          <Action
            label={t("runs.restoreBest", { name })}
            help={t("runs.restoreBestHelp", { step: bestStep })}
            onPress={() => void resumeRun(id, bestStep)}
          >
            <IconStar size={16} />
          </Action>
        )}
        {savedStep !== null && (
          <Action
            label={t("runs.restore", { name })}
            help={t("runs.restoreHelp", { step: savedStep })}
            onPress={() => void resumeRun(id)}
          >
            <IconHistory size={16} />
          </Action>
        )}
        {savedStep !== null && (
          <Action
            label={t("runs.fork", { name })}
            help={t("runs.forkHelp")}
            part="fork"
            isPressed={isForked}
            onPress={() => setIsForked(!isForked)}
          >
            <IconGitFork size={16} />
          </Action>
        )}
        <Action
          label={t("runs.remove", { name })}
          help={t(isTrained ? "runs.removeTrained" : "runs.removeHelp")}
          part="remove"
          isOff={isTrained}
          onPress={remove}
        >
          <IconTrash size={16} />
        </Action>
        <More run={run} name={name} onNote={() => setIsNoted(true)} />
      </div>
      {isNoted ? (
        <NewNote run={run} name={name} onDone={() => setIsNoted(false)} />
      ) : (
        mark.note !== "" && <p className={classes.note}>{mark.note}</p>
      )}
      {isForked && (
        <ForkPoint
          run={run}
          name={name}
          onDone={() => {
            setIsForked(false);
            goBackTo(row.current, "fork");
          }}
        />
      )}
    </li>
  );
}

function Name({ run, name, parent, isOwn, isTaken }: Omit<RunRowProps, "depth" | "canPin" | "onDelete">) {
  const [isEdited, setIsEdited] = useState(false);
  const slot = slotOf(run.mark);
  const where = isOwn ? t("runs.here") : isTaken ? t("runs.elsewhere") : null;
  const { forkedAt: step } = run;
  const origin = parent !== undefined && step !== undefined ? t("runs.forkedFrom", { name: parent, step }) : null;
  const byHand = run.events.filter(({ what }) => what === "by-hand").length;
  const hands = byHand > 0 ? t("runs.byHand", { steps: byHand }) : null;
  const epoch = formatEpoch(run.step / (run.stepsPerEpoch || 1));
  return (
    <div className={classes.about}>
      {isEdited ? (
        <NewName run={run} name={name} onDone={() => setIsEdited(false)} />
      ) : (
        <p className={classes.name}>
          {slot !== null && <RunSwatch slot={slot} />}
          <span title={name}>{name}</span>
          <Action
            label={`${t("runs.rename")} ${name}`}
            help={t("runs.rename")}
            part="rename"
            onPress={() => setIsEdited(true)}
          >
            <IconPencil size={14} />
          </Action>
        </p>
      )}
      <p className={classes.details}>
        {[run.description.name, t("runs.atStep", { step: run.step, epoch }), origin, hands, where]
          .filter(Boolean)
          .join(" · ")}
      </p>
    </div>
  );
}

function NewName({ run, name, onDone }: Pick<RunRowProps, "run" | "name"> & { readonly onDone: () => void }) {
  return (
    <OwnText
      label={t("runs.renameOf", { name })}
      from="rename"
      text={name}
      most={80}
      onDone={(text) => {
        if (text !== null && text !== name) void rename(run.id, text);
        onDone();
      }}
    />
  );
}

function NewNote({ run, name, onDone }: Pick<RunRowProps, "run" | "name"> & { readonly onDone: () => void }) {
  return (
    <div className={classes.note}>
      <OwnText
        label={t("runs.noteOf", { name })}
        from="more"
        hint={t("runs.noteHint")}
        text={run.mark.note}
        most={500}
        onDone={(text) => {
          if (text !== null && text !== run.mark.note) void setNote(run.id, text);
          onDone();
        }}
      />
    </div>
  );
}

interface OwnTextProps {
  readonly label: string;
  /** What of the row asked for it. */
  readonly from: RowPart;
  readonly hint?: string;
  readonly text: string;
  /** Letters. */
  readonly most: number;
  /** Is given null where nothing is to change. */
  readonly onDone: (text: string | null) => void;
}

/** What a visitor writes: Enter and leaving keep it, Escape does not. */
function OwnText({ label, from, hint, text: before, most, onDone }: OwnTextProps) {
  const [text, setText] = useState(before);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  return (
    <TextInput
      ref={input}
      aria-label={label}
      placeholder={hint ?? ""}
      value={text}
      maxLength={most}
      onChange={({ currentTarget: { value } }) => setText(value)}
      onBlur={() => onDone(text.trim())}
      onKeyDown={({ key }) => {
        if (key !== "Enter" && key !== "Escape") return;
        const row = input.current?.closest("li");
        onDone(key === "Enter" ? text.trim() : null);
        goBackTo(row, from);
      }}
    />
  );
}

/** What is asked of a run now and then. */
function More({ run, name, onNote }: Pick<RunRowProps, "run" | "name"> & { readonly onNote: () => void }) {
  const copy = (): void => {
    replaceModel(run.description);
    makeWay();
    showPart("model");
  };
  const button = useRef<HTMLButtonElement>(null);
  /** The menu goes with what had the focus: what follows gives it back to the button. */
  const fromButton = (act: () => void) => (): void => {
    button.current?.focus({ preventScroll: true });
    act();
  };
  return (
    // The field for a note takes the focus, which the menu would take back.
    <Menu position="bottom-end" returnFocus={false}>
      <Menu.Target>
        <Tooltip label={t("runs.otherHelp")}>
          <ActionIcon
            ref={button}
            size={28}
            data-part={"more" satisfies RowPart}
            aria-label={t("runs.other", { name })}
          >
            <IconDots size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconNote size={16} />} onClick={onNote}>
          {t("runs.note")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconId size={16} />}
          onClick={fromButton(() => useRuns.setState({ shown: { as: "card", id: run.id } }))}
        >
          {t("card.open")}
        </Menu.Item>
        {run.savedStep !== null && (
          <Menu.Item
            leftSection={<IconMovie size={16} />}
            onClick={fromButton(() => useRuns.setState({ shown: { as: "film", id: run.id } }))}
          >
            {t("film.open")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconCopy size={16} />} onClick={copy}>
          {t("runs.copy")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconDeviceFloppy size={16} />}
          onClick={fromButton(() => void saveRuns([run.id], true, name))}
        >
          {t("runs.save")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The best and the last of the number by which the model is judged. */
function Scores({ run }: { readonly run: ListedRun }) {
  const [main] = scoresOf(run);
  if (!main) return <div />;
  return (
    <dl className={classes.scores}>
      {main.isValidated && (
        <>
          <dt>{t("runs.best", { title: main.title })}</dt>
          <dd>{main.best}</dd>
        </>
      )}
      <dt>{t("runs.last", { title: main.title })}</dt>
      <dd>{main.last}</dd>
    </dl>
  );
}

interface ActionProps {
  readonly label: string;
  readonly help: string;
  readonly part?: RowPart;
  readonly isPressed?: boolean;
  readonly isOff?: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

function Action({ label, help, part, isPressed, isOff = false, onPress, children }: ActionProps) {
  return (
    <Tooltip label={help}>
      <ActionIcon
        size={28}
        data-part={part}
        aria-label={label}
        aria-pressed={isPressed}
        aria-disabled={isOff}
        {...(isOff && { "data-disabled": true })}
        onClick={() => {
          if (!isOff) onPress();
        }}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
