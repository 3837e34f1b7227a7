/** Test texts with what a model tells of each character: answers beside the right ones, and running text by how expected it was. */
import { formatPercent } from "../../../common/format";
import { t, wordOf } from "../../../common/words";
import { takePrepared, useRun } from "../../../store/run";
import { findDataset, type Predictions } from "../../../../src/engine";
import { END, shownToken, textOf } from "./tokens";
import { toldOf } from "./told";
import classes from "./ToldTexts.module.css";

const MAX_TEXTS = 12;

/** Of each text its tokens and, for each but the first, what the model expected there. */
function readTexts(predictions: Predictions) {
  const found = toldOf(predictions);
  if (!found) return null;
  const { text, next } = found;
  const [steps = 0, vocabulary = 1] = next.shape;
  const { count } = predictions;
  const { info, values } = text;
  const texts = Array.from({ length: Math.min(count, MAX_TEXTS) }, (_, n) => {
    const tokens = Array.from(values.subarray(n * (steps + 1), (n + 1) * (steps + 1)));
    const told = tokens.slice(1).map((token, step) => {
      const from = (n * steps + step) * vocabulary;
      const outputs = next.data.subarray(from, from + vocabulary);
      return { token, best: outputs.indexOf(Math.max(...outputs)), share: outputs[token] ?? 0 };
    });
    return { id: n, tokens, told };
  });
  return { info, texts, areProbabilities: next.areProbabilities ?? false };
}

type Read = NonNullable<ReturnType<typeof readTexts>>;

export function ToldTexts({ predictions }: { readonly predictions: Predictions }) {
  const read = readTexts(predictions);
  if (!read) return null;
  return read.info.question === undefined ? <Running read={read} /> : <Answers read={read} />;
}

function Answers({ read: { info, texts } }: { readonly read: Read }) {
  const { question = 0 } = info;
  const prepared = useRun(takePrepared);
  const data = prepared && findDataset(prepared.dataset);
  return (
    <table className={classes.table} aria-label={t("results.toldTexts")}>
      {/* An answer may be written otherwise than one expects: a sum from its last digit on. */}
      {data && <caption>{wordOf(`datasets.${data.id}.description`, data.description)}</caption>}
      <thead>
        <tr>
          <th scope="col">{t("results.question")}</th>
          <th scope="col">{t("results.rightAnswer")}</th>
          <th scope="col">{t("results.toldAnswer")}</th>
          <th scope="col">{t("results.verdict")}</th>
        </tr>
      </thead>
      <tbody>
        {texts.map(({ id, tokens, told }) => {
          const answer = told.slice(question - 1);
          const isRight = answer.every(({ token, best }) => token === best);
          return (
            <tr key={id} data-right={isRight}>
              <td>{textOf(tokens.slice(0, question), info)}</td>
              <td>{textOf(tokens.slice(question), info)}</td>
              <td>
                {answer.map(({ token, best }, step) => (
                  // Steps keep their places.
                  // oxlint-disable-next-line no-array-index-key
                  <span key={step} className={classes.told} data-wrong={token !== best || undefined}>
                    {shownToken(best, info)}
                  </span>
                ))}
              </td>
              <td className={classes.verdict}>{t(isRight ? "results.right" : "results.wrong")}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** A token among others, where a space is one. */
function written(token: number, info: Read["info"]): string {
  if (token === info.end) return END;
  return info.names?.[token] === " " ? " " : shownToken(token, info);
}

function Running({ read: { info, texts, areProbabilities } }: { readonly read: Read }) {
  return (
    <ul className={classes.texts} aria-label={t("results.toldTexts")}>
      {texts.map(({ id, tokens, told }) => (
        <li key={id} className={classes.text}>
          {info.end === undefined && <span>{written(tokens[0] ?? 0, info)}</span>}
          {told.map(({ token, best, share }, step) =>
            token === info.padding ? null : (
              <span
                // Steps keep their places.
                // oxlint-disable-next-line no-array-index-key
                key={step}
                className={classes.character}
                style={areProbabilities ? { ["--surprise" as string]: `${Math.round(100 * (1 - share))}%` } : {}}
                title={t("results.expected", {
                  character: shownToken(token, info),
                  expected: shownToken(best, info),
                  share: formatPercent(share, 1),
                })}
              >
                {written(token, info)}
              </span>
            ),
          )}
        </li>
      ))}
    </ul>
  );
}
