// What one more of each kind of record costs: its own file and its line in a registry. Records are known by name in both, and
// nowhere else. Refuses to guess from text what the syntax tree says.
import { isNode, type ParsedFile, type SyntaxNode } from "./architecture";

/** A registry of records. */
export interface Registry {
  readonly kind: string;
  /** What its records are called. */
  readonly names: readonly string[];
  /** The file that lists them. */
  readonly index: string;
  /** How a file of records exports one; left out where records stand in the registry's own file. */
  readonly exports?: RegExp;
  /** Who may name records besides, each for a reason. */
  readonly namedBy?: readonly string[];
  /** Names that are also words of other meanings, which no text can tell apart. */
  readonly ambiguous?: readonly string[];
}

/** Presets and migrations are made of names; the benchmark has models of its own, the same as its peers'. */
const FREE = ["src/engine/model/presets/", "src/engine/model/migrate.ts", "app/bench/", "bench/", "scripts/", "tests/"];

const isOneOf = (path: string, places: readonly string[]): boolean =>
  places.some((place) => (place.endsWith("/") ? path.startsWith(place) : path === place));

/** Every file of records is in its registry. */
export function checkComplete(files: readonly ParsedFile[], registry: Registry): string[] {
  const { kind, index } = registry;
  const listed = new Set(files.find(({ path }) => path === index)?.imports.map(({ to }) => to));
  return files
    .filter((file) => isRecord(file, registry) && !listed.has(file.path))
    .map(({ path }) => `${path}: expected a line in ${index}, the registry of ${kind}, got none`);
}

/** Nobody but the record, the registry and who is made of names has the name of a record in a text, or imports its file. */
export function checkNames(files: readonly ParsedFile[], registry: Registry): string[] {
  const { kind, names, index, namedBy = [], ambiguous = [] } = registry;
  const wanted = new Set(names.filter((name) => !ambiguous.includes(name)));
  const records = new Set(files.filter((file) => isRecord(file, registry)).map(({ path }) => path));
  return files
    .filter(({ path }) => !isOneOf(path, [...FREE, ...namedBy, index]))
    .flatMap((file) => {
      const imported = file.imports
        .filter(({ to }) => records.has(to))
        .map(({ to }) => `${file.path}: imports ${to}; only the registry of ${kind} may`);
      const named = [...file.parents]
        .filter(([{ type, value }, parent]) => type === "Literal" && wanted.has(String(value)) && !isLabel(parent))
        .map(([{ value }]) => String(value))
        .filter((name) => !isOwn(file, name))
        .map((name) => `${file.path}: names "${name}", one of the ${kind}; ask its record instead`);
      return [...imported, ...new Set(named)];
    });
}

const isRecord = ({ path, text }: ParsedFile, { index, exports }: Registry): boolean =>
  path !== index && !isOneOf(path, FREE) && exports?.test(text) === true;

/** What a visitor reads is no name. */
const isLabel = (parent: SyntaxNode | undefined): boolean => {
  const key = parent?.type === "Property" ? parent["key"] : undefined;
  return isNode(key) && (key["name"] === "label" || key["name"] === "title");
};

/** Whether a file has the record of that name. */
const isOwn = ({ text }: ParsedFile, name: string): boolean =>
  text.toLowerCase().includes(`export const ${name.toLowerCase()}`);
