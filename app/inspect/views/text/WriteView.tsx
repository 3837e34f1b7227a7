/** What the model writes from what the visitor begins, and what it expects at the caret. */
import { Button, Slider, TextInput } from "@mantine/core";
import { IconPencil, IconPlayerStopFilled } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { formatPercent } from "../../../common/format";
import { t } from "../../../common/words";
import { useDescription } from "../../../store/model";
import { takePredictions, takePrepared, useRun } from "../../../store/run";
import { useShown } from "../../../train/useShown";
import { type TextModel, textModelOf } from "./textModel";
import { END, nextShares, readingOf, shownToken, textOf, tokensFrom } from "./tokens";
import { textsAtATime, useWriter } from "./useWriter";
import classes from "./WriteView.module.css";

export function WriteView() {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const model = useMemo(() => textModelOf(prepared ?? edited), [prepared, edited]);
  return model && <Writing model={model} />;
}

/** The question of the first test text, where texts are questions. */
function useExample({ column, info }: TextModel): string {
  const predictions = useRun(takePredictions);
  const values = predictions?.columns[column]?.values;
  return useMemo(
    () => (values && info.question !== undefined ? textOf(Array.from(values.subarray(0, info.question)), info) : ""),
    [values, info],
  );
}

function Writing({ model }: { readonly model: TextModel }) {
  const { info } = model;
  const example = useExample(model);
  const [typed, setTyped] = useState<string | null>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [temperature, setTemperature] = useState(info.question === undefined ? 0.8 : 0);
  const [isOn, setIsOn] = useState(true);
  const text = typed ?? example;
  const { tokens, unknown } = useMemo(() => tokensFrom(text, info), [text, info]);
  const written = useWriter(model, tokens, temperature, isOn);
  return (
    <div className={classes.view}>
      <div className={classes.tools}>
        <TextInput
          className={classes.prompt ?? ""}
          classNames={{ input: classes.typed ?? "" }}
          label={t("inspect.prompt")}
          description={info.question === undefined ? t("inspect.promptHint") : t("inspect.askHint", { example })}
          error={unknown.length > 0 && t("inspect.noSuchCharacters", { characters: unknown.join(" ") })}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={200}
          value={text}
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            setCaret(currentTarget.selectionStart);
          }}
          onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart)}
        />
        <div className={classes.temperature}>
          <span className={classes.label}>
            {t("inspect.temperature")} <output>{temperature.toFixed(1)}</output>
          </span>
          <Slider
            min={0}
            max={2}
            step={0.1}
            value={temperature}
            label={null}
            thumbLabel={t("inspect.temperature")}
            onChange={setTemperature}
          />
        </div>
        <Button
          variant="default"
          leftSection={isOn ? <IconPlayerStopFilled size={15} aria-hidden /> : <IconPencil size={15} aria-hidden />}
          onClick={() => setIsOn(!isOn)}
        >
          {t(isOn ? "inspect.stopWriting" : "inspect.write")}
        </Button>
      </div>
      <div className={classes.both}>
        <div
          className={classes.paper}
          role="group"
          aria-label={t("inspect.written")}
          data-many={textsAtATime(model) > 1 || undefined}
        >
          {written?.texts.map((each, n) => (
            // Texts keep their places.
            // oxlint-disable-next-line no-array-index-key
            <p key={n} className={classes.text}>
              <span className={classes.given}>{text}</span>
              {textOf(each.slice(tokens.length + (info.end === undefined ? 0 : 1)), info)}
              {!written.isDone && each.at(-1) !== info.end && <span className={classes.caret} aria-hidden />}
            </p>
          ))}
          {!written && <p className={classes.note}>{t("inspect.notWritten")}</p>}
        </div>
        <Next model={model} before={text.slice(0, caret ?? text.length)} temperature={temperature} />
      </div>
      <p className={classes.hint}>{t(info.question === undefined ? "inspect.writesHint" : "inspect.answersHint")}</p>
    </div>
  );
}

/** As many as there is room for beside what is written. */
const LIKELIEST = 8;

interface NextProps {
  readonly model: TextModel;
  readonly before: string;
  readonly temperature: number;
}

function Next({ model: { column, info, steps }, before, temperature }: NextProps) {
  const { values, at } = useMemo(() => {
    const { tokens } = tokensFrom(before, info);
    return readingOf([info.end === undefined ? tokens : [info.end, ...tokens]], steps, info);
  }, [before, info, steps]);
  const answer = useShown(column, values);
  const next = answer && Object.values(answer.shown).find(({ kind }) => kind === "text");
  const vocabulary = next?.shape.at(-1) ?? 0;
  const from = (at[0] ?? 0) * vocabulary;
  // What the model expects as it is; temperature 0 would leave nothing to see.
  const heat = temperature === 0 ? 1 : temperature;
  const shares =
    next && nextShares(next.data.subarray(from, from + vocabulary), next.areProbabilities ?? false, heat, info);
  const likeliest = shares
    ? [...shares.keys()].toSorted((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0)).slice(0, LIKELIEST)
    : [];
  return (
    <section className={classes.next} aria-label={t("inspect.nextCharacters")}>
      <p className={classes.label}>{t("inspect.nextCharacters")}</p>
      <ol className={classes.bars}>
        {likeliest.map((token) => (
          <li key={token} className={classes.row}>
            <span className={classes.character}>{token === info.end ? END : shownToken(token, info)}</span>
            <span className={classes.track} aria-hidden>
              <span className={classes.bar} style={{ transform: `scaleX(${shares?.[token] ?? 0})` }} />
            </span>
            <span className={classes.share}>{formatPercent(shares?.[token] ?? 0, 1)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
