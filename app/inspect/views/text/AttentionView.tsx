/** Where each head of the model looks in the visitor's own text, while it learns. */
import { Slider, Textarea, TextInput } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { type AnswerOf, RARE } from "../../../../src/engine";
import { formatPercent } from "../../../common/format";
import { t } from "../../../common/words";
import { useDescription } from "../../../store/model";
import { takePredictions, takePrepared, useRun } from "../../../store/run";
import { useInquiry } from "../../../train/inquire";
import { type TextReader, textReaderOf } from "./textModel";
import { readingOf, shownToken, textOf, tokensFrom, wholeReadingOf } from "./tokens";
import classes from "./AttentionView.module.css";

type Attention = AnswerOf<"attention">[number];

export function AttentionView() {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const model = useMemo(() => textReaderOf(prepared ?? edited), [prepared, edited]);
  return model && <Attending model={model} />;
}

/** A text as a model reads it, and where it begins in that. */
function questionOf({ column, info, steps, isOfWhole }: TextReader, text: string) {
  const { tokens, unknown } = tokensFrom(text, info);
  const whole = info.end === undefined ? tokens : [info.end, ...tokens];
  const read = isOfWhole ? whole.slice(0, steps) : whole.slice(-steps);
  const { values, start } = isOfWhole
    ? wholeReadingOf(read, steps, info)
    : { values: readingOf([read], steps, info).values, start: 0 };
  return { tokens: read, unknown, start, question: read.length > 0 ? { columns: { [column]: values } } : null };
}

/** The first test text, as far as the model reads it. */
function useFirstText({ column, info, steps }: TextReader): string {
  const predictions = useRun(takePredictions);
  const values = predictions?.columns[column]?.values;
  return useMemo(() => (values ? textOf(Array.from(values.subarray(0, steps)), info) : ""), [values, info, steps]);
}

function Attending({ model }: { readonly model: TextReader }) {
  const { info, steps, isOfWhole } = model;
  const first = useFirstText(model);
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? first;
  const { tokens, unknown, start, question } = useMemo(() => questionOf(model, text), [model, text]);
  const layers = useInquiry("attention", question);
  const [chosen, setChosen] = useState({ layer: 0, head: 0 });
  const layer = layers?.[chosen.layer] ?? layers?.[0];
  const Input = info.areWords ? Textarea : TextInput;
  /** The steps of a layer that hold the text: all, where what is before it has made others of them. */
  const partOf = (attention: Attention): Part =>
    attention.steps === steps ? { start, count: tokens.length } : { start: 0, count: attention.steps };
  return (
    <div className={classes.view}>
      <Input
        className={classes.text ?? ""}
        classNames={{ input: classes.typed ?? "" }}
        label={t("inspect.ownText")}
        description={t("inspect.ownTextHint")}
        error={unknown.length > 0 && t(unknownOf(info), { characters: unknown.join(" ") })}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={isOfWhole ? 4000 : 200}
        value={text}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      {!layer && <p className={classes.hint}>{t("inspect.noAttention")}</p>}
      {layers && layer && (
        <div className={classes.both}>
          <Large
            attention={layer}
            head={Math.min(chosen.head, layer.heads - 1)}
            part={partOf(layer)}
            characters={
              layer.steps === steps
                ? tokens.map((token) => shownToken(token, info))
                : Array.from({ length: layer.steps }, (_, step) => String(step + 1))
            }
            areWords={layer.steps === steps && info.areWords === true}
            isOfWhole={isOfWhole}
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
                      <Picture attention={each} head={head} part={partOf(each)} />
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

/** Steps that hold the text. */
interface Part {
  readonly start: number;
  readonly count: number;
}

const unknownOf = ({ names = [] }: TextReader["info"]) =>
  names.includes(RARE) ? "inspect.rareTokens" : "inspect.noSuchCharacters";

interface PictureProps {
  readonly attention: Attention;
  readonly head: number;
  readonly part: Part;
}

function Picture({ attention: { steps, weights }, head, part: { start, count } }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const pixels = new Uint8ClampedArray(count * count * 4);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) {
        const weight = weights[(head * steps + start + row) * steps + start + column] ?? 0;
        pixels.set([...INK, 255 * weight], (row * count + column) * 4);
      }
    }
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, count, count), 0, 0);
  }, [steps, weights, head, start, count]);
  return <canvas ref={canvas} width={count} height={count} className={classes.picture} aria-hidden />;
}

interface LargeProps {
  readonly attention: Attention;
  readonly head: number;
  readonly part: Part;
  /** What each of its steps holds. */
  readonly characters: readonly string[];
  readonly areWords: boolean;
  readonly isOfWhole: boolean;
}

/** How many steps a sentence names. */
const NAMED = 4;
/** Beside more than these there is no room for words. */
const MOST_LABELS = 24;
/** Less is not told. */
const LEAST_SHARE = 0.005;

function Large({ attention, head, part, characters, areWords, isOfWhole }: LargeProps) {
  const { steps, weights, block } = attention;
  const { start, count } = part;
  const [wanted, setWanted] = useState(Infinity);
  const row = Math.min(wanted, count - 1);
  const shares = weights.subarray((head * steps + start + row) * steps + start).subarray(0, count);
  const rest = 1 - shares.reduce((sum, share) => sum + share, 0);
  const looks = [...shares.keys()]
    .toSorted((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0))
    .filter((column, place) => place === 0 || (shares[column] ?? 0) >= LEAST_SHARE)
    .slice(0, NAMED)
    .map((column) => {
      const character = characters[column] ?? "";
      return t("inspect.looked", {
        character,
        place: String(column + 1),
        share: formatPercent(shares[column] ?? 0, 0),
      });
    });
  const all = rest < LEAST_SHARE ? looks : [...looks, t("inspect.lookedAtFilling", { share: formatPercent(rest, 0) })];
  const about = { character: characters[row] ?? "", looks: all };
  const hasLabels = !areWords || count <= MOST_LABELS;
  return (
    <div
      className={classes.large}
      data-words={(areWords && hasLabels) || undefined}
      style={{ ["--count" as string]: count }}
    >
      <p className={classes.name}>{t("inspect.headOf", { layer: block, head: String(head + 1) })}</p>
      <div className={classes.map}>
        <div className={classes.across} aria-hidden>
          {(hasLabels ? characters : []).map((character, column) => (
            // Steps keep their places.
            // oxlint-disable-next-line no-array-index-key
            <span key={column}>{character}</span>
          ))}
        </div>
        <div className={classes.down} aria-hidden>
          {(hasLabels ? characters : []).map((character, step) => (
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
          <Picture attention={attention} head={head} part={part} />
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
      <p className={classes.told}>{t(isOfWhole ? "inspect.looksFrom" : "inspect.looksAt", about)}</p>
      {areWords && <Words characters={characters} shares={shares} row={row} onChoose={setWanted} />}
    </div>
  );
}

interface WordsProps {
  readonly characters: readonly string[];
  /** Of each word, what the chosen one takes of it. */
  readonly shares: Float32Array;
  readonly row: number;
  readonly onChoose: (row: number) => void;
}

/** The text itself, each word as strong as it is looked at. A press chooses another, as the slider does. */
function Words({ characters, shares, row, onChoose }: WordsProps) {
  const most = shares.reduce((top, share) => Math.max(top, share), 0);
  return (
    <p className={classes.words} aria-hidden>
      {characters.map((character, step) => (
        <span
          // Steps keep their places.
          // oxlint-disable-next-line no-array-index-key
          key={step}
          data-chosen={step === row || undefined}
          style={{ backgroundColor: `rgb(${INK.join(" ")} / ${most > 0 ? (0.7 * (shares[step] ?? 0)) / most : 0})` }}
          onPointerDown={() => onChoose(step)}
        >
          {character}
        </span>
      ))}
    </p>
  );
}
