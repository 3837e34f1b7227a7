/** Layers of code that Keras's own examples write, which a file knows by name alone: as the layers that they are made of. Source:
 *  keras.io, "Text classification with Transformer". */
import type { Node, Placed } from "./tree";

/** Parts of such a layer, by the names that its code gives them, which are also their places in the file. */
type Known = (placed: Placed) => readonly Placed[];

/** A layer of Keras's inside one of code. @param place of its arrays in the owner's; the last is called as the owner */
const inside = (
  owner: Placed,
  name: string,
  place: string,
  className: string,
  config: Node["config"],
  from: readonly string[],
): Placed => ({
  node: { class_name: className, config: { ...config, name } },
  name,
  from,
  within: { owner: owner.name, part: place },
});

const known: Readonly<Record<string, readonly [settings: readonly string[], parts: Known]>> = {
  TokenAndPositionEmbedding: [
    ["maxlen", "vocab_size", "embed_dim"],
    (placed) => {
      const { vocab_size: tokens, embed_dim: width } = placed.node.config;
      const token = `${placed.name} token_emb`;
      return [
        inside(placed, token, "token_emb", "Embedding", { input_dim: tokens, output_dim: width }, placed.from),
        inside(placed, placed.name, "pos_emb", "PositionEmbedding", {}, [token]),
      ];
    },
  ],
  TransformerBlock: [
    ["embed_dim", "num_heads", "ff_dim"],
    (placed) => {
      const { embed_dim: width, num_heads: heads, ff_dim: inner, rate = 0.1 } = placed.node.config;
      const called = (part: string): string => `${placed.name} ${part}`;
      const [att, drop1, add1, norm1] = ["att", "dropout1", "add1", "layernorm1"].map(called) as [
        string,
        string,
        string,
        string,
      ];
      const [dense1, dense2, drop2, add2] = ["ffn 1", "ffn 2", "dropout2", "add2"].map(called) as [
        string,
        string,
        string,
        string,
      ];
      const make = (
        name: string,
        place: string,
        type: string,
        config: Node["config"],
        ...from: readonly string[]
      ): Placed => inside(placed, name, place, type, config, from);
      const dropped = { rate };
      return [
        inside(placed, att, "att", "MultiHeadAttention", { num_heads: heads, key_dim: width }, placed.from),
        make(drop1, "dropout1", "Dropout", dropped, att),
        make(add1, "", "Add", {}, ...placed.from, drop1),
        make(norm1, "layernorm1", "LayerNormalization", { epsilon: 1e-6 }, add1),
        make(dense1, "ffn/layers/dense", "Dense", { units: inner, activation: "relu" }, norm1),
        make(dense2, "ffn/layers/dense_1", "Dense", { units: width }, dense1),
        make(drop2, "dropout2", "Dropout", dropped, dense2),
        make(add2, "", "Add", {}, norm1, drop2),
        make(placed.name, "layernorm2", "LayerNormalization", { epsilon: 1e-6 }, add2),
      ];
    },
  ],
};

/** Layers with those of code replaced by what they are made of.
 *  @returns them, and those of code, by name */
export function withKnown(all: readonly Placed[]): {
  readonly placed: readonly Placed[];
  readonly read: readonly string[];
} {
  const read: string[] = [];
  const placed = all.flatMap((each) => {
    const [settings, parts] = Object.hasOwn(known, each.node.class_name) ? (known[each.node.class_name] ?? []) : [];
    if (!parts || !settings?.every((key) => typeof each.node.config[key] === "number")) return [each];
    read.push(each.node.class_name);
    return parts(each);
  });
  return { placed, read };
}
