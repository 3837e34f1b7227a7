/** Where each head of the model looks in the visitor's own text, while it learns. */
import { Slider, TextInput } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import type { AnswerOf } from "../../../../src/engine";
import { formatPercent } from "../../../common/format";
import { t } from "../../../common/words";
import { useDescription } from "../../../store/model";
import { takePredictions, takePrepared, useRun } from "../../../store/run";
import { useInquiry } from "../../../train/inquire";
import { type TextModel, textModelOf } from "./textModel";
import { readingOf, shownToken, textOf, tokensFrom } from "./tokens";
import classes from "./AttentionView.module.css";

type Attention = AnswerOf<"attention">[number];

export function AttentionView() {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const model = useMemo(() => textModelOf(prepared ?? edited), [prepared, edited]);
  return model && <Attending model={model} />;
}

/** The first test text, as far as the model reads it. */
function useFirstText({ column, info, steps }: TextModel): string {
  const predictions = useRun(takePredictions);
  const values = predictions?.columns[column]?.values;
  return useMemo(() => (values ? textOf(Array.from(values.subarray(0, steps)), info) : ""), [values, info, steps]);
}

function Attending({ model }: { readonly model: TextModel }) {
  const { column, info, steps } = model;
  const first = useFirstText(model);
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? first;
  const { tokens, unknown, question } = useMemo(() => {
    const found = tokensFrom(text, info);
    const whole = info.end === undefined ? found.tokens : [info.end, ...found.tokens];
    const read = whole.slice(-steps);
    const asked = { columns: { [column]: readingOf([read], steps, info).values } };
    return { tokens: read, unknown: found.unknown, question: read.length > 0 ? asked : null };
  }, [text, info, steps, column]);
  const layers = useInquiry("attention", question);
  const [chosen, setChosen] = useState({ layer: 0, head: 0 });
  const layer = layers?.[chosen.layer] ?? layers?.[0];
  return (
    <div className={classes.view}>
      <TextInput
        className={classes.text ?? ""}
        classNames={{ input: classes.typed ?? "" }}
        label={t("inspect.ownText")}
        description={t("inspect.ownTextHint")}
        error={unknown.length > 0 && t("inspect.noSuchCharacters", { characters: unknown.join(" ") })}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={200}
        value={text}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      {!layer && <p className={classes.hint}>{t("inspect.noAttention")}</p>}
      {layers && layer && (
        <div className={classes.both}>
          <Large
            attention={layer}
            head={Math.min(chosen.head, layer.heads - 1)}
            characters={tokens.map((token) => shownToken(token, info))}
          />
          <section className={classes.layers} aria-label={t("inspect.heads")}>
            {layers.map((each, l) => (
              <div key={each.block}>
                <h3 className={classes.name}>{each.block}</h3>
                <div className={classes.heads}>
                  {Array.from({ length: each.heads }, (_, head) => (
                    <button
                      key={head}
                      type="button"
                      className={classes.head}
                      aria-label={t("inspect.headOf", { layer: each.block, head: String(head + 1) })}
                      aria-pressed={each === layer && head === chosen.head}
                      onClick={() => setChosen({ layer: l, head })}
                    >
                      <Picture attention={each} head={head} count={tokens.length} />
                    </button>
                  ))}
                </div>
              </div>
            ))}
          </section>
        </div>
      )}
      <p className={classes.hint}>{t("inspect.attentionHint")}</p>
    </div>
  );
}

/** Red, green and blue of full attention: the page's accent, on dark and light alike. */
const INK = [99, 91, 255] as const;

interface PictureProps {
  readonly attention: Attention;
  readonly head: number;
  /** Steps that hold the text. */
  readonly count: number;
}

function Picture({ attention: { steps, weights }, head, count }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const pixels = new Uint8ClampedArray(count * count * 4);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) {
        const weight = weights[(head * steps + row) * steps + column] ?? 0;
        pixels.set([...INK, 255 * weight], (row * count + column) * 4);
      }
    }
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, count, count), 0, 0);
  }, [steps, weights, head, count]);
  return <canvas ref={canvas} width={count} height={count} className={classes.picture} aria-hidden />;
}

interface LargeProps {
  readonly attention: Attention;
  readonly head: number;
  readonly characters: readonly string[];
}

/** How many steps a sentence names. */
const NAMED = 4;

function Large({ attention, head, characters }: LargeProps) {
  const { steps, weights, block } = attention;
  const count = characters.length;
  const [wanted, setWanted] = useState(Infinity);
  const row = Math.min(wanted, count - 1);
  const shares = weights.subarray((head * steps + row) * steps, (head * steps + row) * steps + count);
  const looks = [...shares.keys()]
    .toSorted((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0))
    .slice(0, NAMED)
    .map((column) => {
      const character = characters[column] ?? "";
      return t("inspect.looked", {
        character,
        place: String(column + 1),
        share: formatPercent(shares[column] ?? 0, 0),
      });
    });
  return (
    <div className={classes.large} style={{ ["--count" as string]: count }}>
      <p className={classes.name}>{t("inspect.headOf", { layer: block, head: String(head + 1) })}</p>
      <div className={classes.map}>
        <div className={classes.across} aria-hidden>
          {characters.map((character, column) => (
            // Steps keep their places.
            // oxlint-disable-next-line no-array-index-key
            <span key={column}>{character}</span>
          ))}
        </div>
        <div className={classes.down} aria-hidden>
          {characters.map((character, step) => (
            // Steps keep their places.
            // oxlint-disable-next-line no-array-index-key
            <span key={step} data-chosen={step === row || undefined}>
              {character}
            </span>
          ))}
        </div>
        <div
          className={classes.square}
          onPointerDown={({ nativeEvent: { offsetY }, currentTarget }) =>
            setWanted(Math.min(count - 1, Math.floor((offsetY / currentTarget.clientHeight) * count)))
          }
        >
          <Picture attention={attention} head={head} count={count} />
          <span className={classes.row} style={{ top: `${(100 * row) / count}%` }} aria-hidden />
        </div>
      </div>
      {count > 1 && (
        <Slider
          className={classes.step ?? ""}
          min={1}
          max={count}
          step={1}
          value={row + 1}
          label={null}
          thumbLabel={t("inspect.attentionStep")}
          onChange={(step) => setWanted(step - 1)}
        />
      )}
      <p className={classes.told}>{t("inspect.looksAt", { character: characters[row] ?? "", looks })}</p>
    </div>
  );
}
