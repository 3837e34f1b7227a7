/** The dialog that takes the model out of the page: a format, what it cannot take, and the file. */
import { Button, Switch } from "@mantine/core";
import { IconCheck, IconDownload } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState } from "react";
import type { ExportedNetwork, FormatId, NetworkSamples, Refusal } from "../../src/engine";
import { Dialog } from "../common/Dialog";
import { formats as writing } from "../common/words";
import { t, tell, wordOf } from "../common/words";
import { networkTitle } from "../store/networkTitle";
import { differenceOf, save, type Taken, takeModel, workOut } from "./take";
import classes from "./ExportDialog.module.css";

interface ExportDialogProps {
  readonly onClose: () => void;
}

/** What is known of the model: nothing yet, that there is none, or the model. */
type Asked =
  | { readonly kind: "asking" }
  | { readonly kind: "none"; readonly why: string }
  | { readonly kind: "taken"; readonly taken: Taken };

export function ExportDialog({ onClose }: ExportDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [asked, setAsked] = useState<Asked>({ kind: "asking" });
  useEffect(() => {
    let isOpen = true;
    takeModel()
      .then((taken) => {
        if (isOpen) setAsked(taken ? { kind: "taken", taken } : { kind: "none", why: t("exports.nothingTrained") });
      })
      .catch((error: unknown) => {
        if (isOpen) setAsked({ kind: "none", why: t("exports.failed", { reason: String(error) }) });
      });
    return () => {
      isOpen = false;
    };
  }, []);
  return (
    <Dialog title={t("exports.title")} className={classes.dialog} dialog={dialog} onClose={onClose}>
      {asked.kind === "asking" && <p className={classes.note}>{t("exports.asking")}</p>}
      {asked.kind === "none" && <p className={classes.note}>{asked.why}</p>}
      {asked.kind === "taken" && <Choice taken={asked.taken} />}
    </Dialog>
  );
}

function Choice({ taken }: { readonly taken: Taken }) {
  const { model, step, outgoing } = taken;
  const entries = Object.entries(outgoing.formats) as [FormatId, (typeof outgoing.formats)[FormatId]][];
  const refusals = new Map(entries.map(([id, format]) => [id, format.refusals(model)]));
  const [id, setId] = useState<FormatId>(() => entries.find(([key]) => refusals.get(key)?.length === 0)?.[0] ?? "npz");
  const [hasSamples, setHasSamples] = useState(true);
  const [saved, setSaved] = useState("");
  const proof = useProof(taken);
  const format = outgoing.formats[id];
  const canCarry = format.carriesSamples;
  const about = useId();
  const [isSaving, setIsSaving] = useState(false);
  const download = async (): Promise<void> => {
    setIsSaving(true);
    if (format.carriesData) setSaved(t("exports.fetchingData"));
    try {
      const bytes = await save(taken, id, canCarry && hasSamples ? proof.samples : []);
      setSaved(t("exports.saved", { format: format.title, size: writing().bytes(bytes) }));
    } catch (error) {
      setSaved(t("exports.failed", { reason: String(error) }));
    }
    setIsSaving(false);
  };
  // The script needs the samples that travel with it.
  const isWaiting = proof.samples.length === 0 && proof.share < 1 && canCarry && hasSamples;
  return (
    <>
      <p className={classes.note}>{t("exports.what", { name: model.description.name, step })}</p>
      <fieldset className={classes.formats}>
        <legend className="visuallyHidden">{t("exports.format")}</legend>
        {entries.map(([key, { title, help, ending }]) => (
          <Option
            key={key}
            title={title}
            help={wordOf(`formats.${key}.help`, help)}
            ending={ending}
            refused={refusals.get(key) ?? []}
            isChosen={key === id}
            onChoose={() => {
              setId(key);
              setSaved("");
            }}
          />
        ))}
      </fieldset>
      {model.networks.map((network) => (
        <About key={network.name} taken={taken} network={network} />
      ))}
      <div className={classes.foot}>
        <label className={classes.switch} htmlFor={`${about}-switch`}>
          <Switch
            id={`${about}-switch`}
            checked={canCarry && hasSamples}
            disabled={!canCarry}
            aria-describedby={about}
            onChange={({ currentTarget: { checked } }) => setHasSamples(checked)}
          />
          <span>
            <span className={classes.switchTitle}>{t("exports.withSamples")}</span>
            <span id={about} className={classes.help}>
              {t("exports.withSamplesHelp", { count: taken.count })}
            </span>
          </span>
        </label>
        <p className={classes.proof} role="status">
          <Proof taken={taken} {...proof} />
          {saved && <span className={classes.saved}>{saved}</span>}
        </p>
        <Button
          size="md"
          leftSection={<IconDownload size={18} />}
          loading={isWaiting || isSaving}
          onClick={() => void download()}
        >
          {t("exports.download")}
        </Button>
      </div>
    </>
  );
}

/** What goes into a network and what comes out: the files say all of it. */
function About({ taken: { outgoing, model }, network }: { readonly taken: Taken; readonly network: ExportedNetwork }) {
  const { input, output } = outgoing.notesOf(model, network, outgoing.ON_SCREEN);
  const isOnly = model.networks.length === 1;
  const Part = isOnly ? "h3" : "h4";
  const parts = [
    [t("notes.goesIn"), input],
    [t("notes.comesOut"), output],
  ] as const;
  return (
    <section className={classes.about}>
      {!isOnly && <h3 className={classes.network}>{networkTitle(model.description, network.name)}</h3>}
      {parts.map(([title, said]) => (
        <div key={title}>
          <Part className={classes.part}>{title}</Part>
          {said.map(tell).map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      ))}
    </section>
  );
}

interface OptionProps {
  readonly title: string;
  readonly help: string;
  readonly ending: string;
  readonly refused: readonly Refusal[];
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Option({ title, help, ending, refused, isChosen, onChoose }: OptionProps) {
  const about = useId();
  const [first] = refused;
  const names = [...new Set(refused.map(({ name }) => name))];
  return (
    <label className={classes.option} data-chosen={isChosen || undefined} data-off={first !== undefined || undefined}>
      <input
        type="radio"
        name="format"
        checked={isChosen}
        disabled={first !== undefined}
        aria-describedby={about}
        onChange={onChoose}
      />
      <span className={classes.name}>
        {title}
        <span className={classes.ending}>.{ending}</span>
      </span>
      <span id={about} className={classes.help}>
        {first ? t("exports.cannot", { format: title, layers: names, why: tell(first.why) }) : help}
      </span>
    </label>
  );
}

interface Worked {
  /** None before they are there. */
  readonly samples: readonly NetworkSamples[];
  /** How far that is. */
  readonly share: number;
}

/** Works the samples out while the visitor chooses. */
function useProof(taken: Taken): Worked {
  const [worked, setWorked] = useState<Worked>({ samples: [], share: 0 });
  useEffect(() => {
    const controller = new AbortController();
    workOut(taken, controller.signal, (share) => setWorked({ samples: [], share }))
      .then((samples) => {
        if (!controller.signal.aborted) setWorked({ samples, share: 1 });
      })
      .catch(() => {
        if (!controller.signal.aborted) setWorked({ samples: [], share: 1 });
      });
    return () => controller.abort();
  }, [taken]);
  return worked;
}

function Proof({ taken, samples, share }: Worked & { readonly taken: Taken }) {
  if (samples.length === 0) {
    return share < 1 ? <span>{t("exports.proving", { share: Math.round(share * 100) })}</span> : null;
  }
  const difference = differenceOf(taken, samples);
  if (difference === null) return null;
  return (
    <span>
      <IconCheck size={15} aria-hidden />{" "}
      {t("exports.proved", { count: taken.count, difference: difference.toExponential(1) })}
    </span>
  );
}
