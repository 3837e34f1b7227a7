/** Brings older model descriptions up to the present version, before they are checked. Knows versions by their shape alone;
 *  what is wrong with a value is for the schema to say. */

type Loose = Readonly<Record<string, unknown>>;

const isLoose = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A description of version 2 from one of version 1, which had one list of layers and always classified. Anything else is
 *  given back as it is. */
export function migrate(value: unknown): unknown {
  if (!isLoose(value) || value["version"] !== 1) return value;
  const { version: _, layers, training, ...rest } = value;
  // What version 1 did not have is not to be lost unseen: the schema then refuses what does not belong.
  if ("networks" in rest || "task" in rest) return { ...value, version: 2 };
  if (!isLoose(training)) return { ...rest, version: 2, training };
  const { loss, optimizer, schedule, clipNorm, ...run } = training;
  return {
    ...rest,
    version: 2,
    task: { type: "classification", config: loss === undefined ? {} : { loss } },
    networks: { model: { blocks: layers, optimizer, schedule, clipNorm } },
    training: run,
  };
}
