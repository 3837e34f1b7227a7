/** The card of a run: all that somebody needs to judge it or to make it again, on the screen, on paper or as Markdown. */
import { Button, Loader } from "@mantine/core";
import { IconPhoto, IconPrinter } from "@tabler/icons-react";
import { type ReactNode, useRef } from "react";
import { createPortal } from "react-dom";
import { type ListedRun, say } from "../../src/engine";
import { download, fileStem } from "../charts/download";
import { standalone, toBlob, toImage } from "../charts/picture";
import { CopyButton } from "../common/CopyButton";
import { Dialog } from "../common/Dialog";
import { fitsQrCode, QrCode } from "../common/QrCode";
import { t } from "../common/words";
import { curvesOfModel, goalOf } from "../store/model";
import { notify } from "../store/run";
import { type Shown, useRuns } from "../store/runs";
import { type CardPart, cardOf } from "./content";
import { CurvePicture } from "./CurvePicture";
import { toMarkdown } from "./markdown";
import { ModelPicture } from "./ModelPicture";
import { useCard } from "./useCard";
import classes from "./RunCard.module.css";

export function RunCard({ shown: { id }, onClose }: { readonly shown: Shown; readonly onClose: () => void }) {
  const run = useRuns(({ runs }) => runs?.find((each) => each.id === id));
  const name = useRuns(({ names }) => names.get(id) ?? "");
  return run ? <Card run={run} name={name} onClose={onClose} /> : null;
}

interface CardProps {
  readonly run: ListedRun;
  readonly name: string;
  readonly onClose: () => void;
}

/** Charts of it at most: of the loss, and of what the model is judged by. */
const MAX_CHARTS = 2;

function Card({ run, name, onClose }: CardProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const picture = useRef<SVGSVGElement>(null);
  const { curves, answers, link, isScoring, problem } = useCard(run);
  const { description, mark, savedStep, stepsPerEpoch } = run;
  const infos = curvesOfModel(description);
  const main = goalOf(infos);
  const charted = [...new Set([infos.find(({ better }) => better === "lower"), main])].filter(
    (info) => info !== undefined,
  );
  const parts = curves && cardOf({ run, curves, answers, step: savedStep ?? 0 });
  const pictures: Partial<Record<CardPart["id"], ReactNode>> = {
    model: (
      <div className={classes.picture}>
        <ModelPicture model={description} svg={picture} />
        <div className={classes.takes}>
          {(["svg", "png"] as const).map((format) => (
            <Button
              key={format}
              size="compact-sm"
              variant="default"
              leftSection={<IconPhoto size={15} />}
              aria-label={t("card.saveAs", { format: t(`card.${format}`) })}
              onClick={() => void savePicture(picture.current, description.name, format)}
            >
              {t(`card.${format}`)}
            </Button>
          ))}
        </div>
      </div>
    ),
    curves: curves && (
      <div className={classes.charts}>
        {charted.slice(0, MAX_CHARTS).map((info) => (
          <CurvePicture key={info.id} info={info} curves={curves} stepsPerEpoch={stepsPerEpoch} />
        ))}
      </div>
    ),
  };
  return createPortal(
    <div data-printed>
      <Dialog title={t("card.title")} className={classes.dialog} dialog={dialog} onClose={onClose}>
        <div className={classes.tools}>
          <Button leftSection={<IconPrinter size={16} />} disabled={isScoring || !parts} onClick={() => print()}>
            {t("card.print")}
          </Button>
          <CopyButton
            variant="default"
            label={t("card.copy")}
            byHand={t("card.copy")}
            disabled={isScoring || !parts}
            makeText={() => toMarkdown(name, mark.note, parts ?? [], link)}
          />
          <span role="status" className={classes.status}>
            {isScoring && (
              <>
                <Loader size={14} /> {t("card.scoring")}
              </>
            )}
            {problem !== "" && t("card.notScored", { reason: problem })}
          </span>
        </div>
        <article className={classes.sheet}>
          <h3 className={classes.name}>{name}</h3>
          {mark.note !== "" && <p className={classes.note}>{mark.note}</p>}
          {parts?.map((part) => (
            <Part key={part.id} part={part}>
              {pictures[part.id]}
            </Part>
          ))}
          <div className={classes.link}>
            {link !== null && fitsQrCode(link) && <QrCode url={link} />}
            {link === null ? <p>{t("card.noLink")}</p> : <a href={link}>{t("card.link")}</a>}
          </div>
        </article>
      </Dialog>
    </div>,
    document.body,
  );
}

function Part({
  part: { id, heading, facts, table, note },
  children,
}: {
  readonly part: CardPart;
  readonly children: ReactNode;
}) {
  return (
    <section className={classes.part} data-part={id}>
      <h4>{heading}</h4>
      {children}
      {facts && (
        <dl className={classes.facts}>
          {facts.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {table && (
        <div className={classes.scroll} tabIndex={0} role="region" aria-label={heading}>
          <table aria-label={heading}>
            <thead>
              <tr>
                {table.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {keyed(table.rows).map(({ key, value: [first, ...others] }) => (
                <tr key={key}>
                  <th scope="row">{first}</th>
                  {keyed(others).map((cell) => (
                    <td key={cell.key}>{cell.value}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {note !== undefined && <p className={classes.note}>{note}</p>}
    </section>
  );
}

/** Rows and cells stay where they are: their place is their name. */
const keyed = <T,>(values: readonly T[]) => values.map((value, place) => ({ key: String(place), value }));

async function savePicture(svg: SVGSVGElement | null, name: string, format: "svg" | "png"): Promise<void> {
  if (!svg) return;
  try {
    const picture = standalone(svg);
    download(format === "svg" ? toBlob(picture) : await toImage(picture), `${fileStem(name, "model")}.${format}`);
  } catch (error) {
    notify({ severity: "warning", topic: "runs", said: say("card.notSaved", { reason: String(error) }) });
  }
}
