// The house rules as functions over source text: each takes files and gives one message per breach. Refuses to guess from
// text what the syntax tree says.
import { posix } from "node:path";
import { parseSync } from "vite";

/** A file of the repository, with `/` in its path. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One import or re-export. `to` is a path inside the repository, or a package's name. */
export interface Import {
  readonly from: string;
  readonly to: string;
  readonly isPackage: boolean;
}

/** A node of a syntax tree. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** A file and its syntax tree: every node, in order, with the node around it. */
export interface ParsedFile extends SourceFile {
  readonly parents: ReadonlyMap<SyntaxNode, SyntaxNode | undefined>;
  readonly comments: readonly { readonly value: string; readonly start: number; readonly end: number }[];
  readonly imports: readonly Import[];
}

/** @param exists whether a path is a file, to turn `./x` into `x.ts` or `x/index.ts` */
export function parseFile(file: SourceFile, exists: (path: string) => boolean): ParsedFile {
  const { program, module, comments, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) throw new Error(`${file.path}: expected TypeScript, got ${errors[0]?.message}.`);
  const imports: Import[] = [];
  const add = (specifier: string) => {
    const to = resolveImport(file.path, specifier, exists);
    imports.push({ from: file.path, to: to ?? specifier, isPackage: to === undefined });
  };
  for (const { moduleRequest } of module.staticImports) add(moduleRequest.value);
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) add(moduleRequest.value);
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const quoted = /^["'`](.+)["'`]$/.exec(file.text.slice(moduleRequest.start, moduleRequest.end));
    if (quoted?.[1] !== undefined) add(quoted[1]);
  }
  return { ...file, parents: findParents(program), comments, imports };
}

function resolveImport(from: string, specifier: string, exists: (path: string) => boolean): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = posix.join(posix.dirname(from), specifier.replace(/\?.*$/, ""));
  const candidates = [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`, `${path}/index.tsx`];
  return candidates.find(exists) ?? path;
}

function findParents(program: unknown): ParsedFile["parents"] {
  const parents = new Map<SyntaxNode, SyntaxNode | undefined>();
  const visit = (value: unknown, parent: SyntaxNode | undefined) => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item, parent);
    } else if (isNode(value)) {
      parents.set(value, parent);
      for (const child of Object.values(value)) visit(child, value);
    }
  };
  visit(program, undefined);
  return parents;
}

/** Whether a value is a node. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

const isUnder = (path: string, folder: string) => path.startsWith(`${folder}/`);

/** Which rooms of `src/engine` each may import from. Type-only imports count: knowing a type is knowing the room. */
const base = ["base", "words"];
const upToGraph = ["graph", ...base];
const upToOps = ["ops", ...upToGraph];
const builders = ["nn", "optim", "data", "environments", ...upToOps];
const upToModel = ["backend", "compile", "io", "model", "tasks", ...builders];
const upToTune = ["tune", "check", "device", "train", ...upToModel];
const arrows: Record<string, readonly string[]> = {
  words: ["words"],
  base,
  graph: upToGraph,
  ops: [...upToOps, "shaders"],
  nn: ["nn", ...upToOps],
  optim: ["optim", ...upToOps],
  environments: ["environments", ...base],
  data: ["data", "environments", ...upToGraph],
  bring: ["bring", "data", ...upToGraph],
  tasks: ["tasks", "nn", "data", "environments", ...upToOps],
  model: ["model", "tasks", ...builders],
  io: ["io", "model", "tasks", ...builders],
  compile: ["compile", "shaders", ...upToOps],
  backend: ["backend", "compile", "shaders", "wasm", ...upToOps],
  wasm: ["wasm"],
  train: ["train", ...upToModel],
  trials: ["trials", "io", "model", "tasks", ...builders],
  device: ["device", "backend", "compile", ...upToOps],
  check: ["check", "device", "train", ...upToModel],
  tune: upToTune,
  inspect: ["inspect", "train", ...upToModel],
  trainer: ["trainer", "trials", "inspect", ...upToTune],
  selftest: ["selftest", "check", "train", ...upToModel],
  tools: ["bring", "selftest", "tune"],
  languages: ["languages", "model", "tasks", ...builders],
  index: ["languages", "bring", "selftest", "trainer", "trials", "inspect", ...upToTune],
};

/** Which folders of `app` each may import from. Files of `app` itself join the parts; pages beside it share what all do. */
const everyPage = ["common", "styles"];
const viewsIn = (names: string): string[] => names.split(" ").map((name) => `inspect/views/${name}`);
const upToStore = ["store", ...everyPage];
const appArrows: Record<string, readonly string[]> = {
  styles: ["styles"],
  common: everyPage,
  store: ["store", ...everyPage],
  fields: ["fields", ...everyPage],
  train: ["train", "fields", ...upToStore],
  charts: ["charts", "train", ...upToStore],
  profile: ["profile", "train", ...upToStore],
  runs: ["runs", "train", "charts", ...upToStore],
  card: ["card", "runs", "charts", "model", "inspect/views", "inspect/views/answers", "train", ...upToStore],
  trials: ["trials", "runs", "charts", "train", "fields", ...upToStore],
  film: ["film", "runs", "charts", "inspect/views", "inspect/views/field", "train", ...upToStore],
  start: ["start", "runs", "train", "fields", ...upToStore],
  "inspect/views/agents": ["inspect/views/agents", "train", ...upToStore],
  "inspect/views/draw": ["inspect/views/draw", "inspect/views", "pad", "train", ...upToStore],
  "inspect/views/field": ["inspect/views/field", "inspect/views", "train", ...upToStore],
  "inspect/views/plane": ["inspect/views/plane", "inspect/views/field", "inspect/views", "train", ...upToStore],
  "inspect/views/clusters": [
    "inspect/views/clusters",
    "inspect/views/plane",
    "inspect/views/field",
    "inspect/views",
    "train",
    ...upToStore,
  ],
  "inspect/views/made": ["inspect/views/made", "inspect/views/field", "inspect/views", "train", ...upToStore],
  "inspect/views/answers": ["inspect/views/answers", "inspect/views", "train", ...upToStore],
  "inspect/views/rounding": ["inspect/views/rounding", "inspect/views/answers", "train", ...upToStore],
  "inspect/views/values": ["inspect/views/values", "inspect/views/answers", "inspect/views", ...upToStore],
  "inspect/views/forecast": ["inspect/views/forecast", "train", ...upToStore],
  "inspect/views/text": ["inspect/views/text", "inspect/views", "train", ...upToStore],
  "inspect/views/follow": ["inspect/views/follow", "inspect/views", "pad", "train", ...upToStore],
  "inspect/views/layers": ["inspect/views/layers", "inspect/views/follow", "inspect/views", "train", ...upToStore],
  "inspect/views/health": ["inspect/views/health", "inspect/views", "train", ...upToStore],
  "inspect/views/embedding": ["inspect/views/embedding", "inspect/views/plane", "inspect/views", "train", ...upToStore],
  "inspect/views/weights": ["inspect/views/weights", "inspect/views/layers", "inspect/views", "train", ...upToStore],
  "inspect/views/landscape": ["inspect/views/landscape", "train", ...upToStore],
  "inspect/views/history": ["inspect/views/history", "inspect/views", "train", ...upToStore],
  "inspect/views/gradients": ["inspect/views/gradients", "train", ...upToStore],
  "inspect/views/why": ["inspect/views/why", "inspect/views/follow", "inspect/views", "train", ...upToStore],
  "inspect/views": [
    "inspect/views",
    ...viewsIn("agents why gradients embedding health draw field plane made"),
    ...viewsIn("clusters answers rounding values layers weights history landscape text forecast"),
    ...upToStore,
  ],
  inspect: ["inspect", "inspect/views", "inspect/views/answers", "profile", "runs", "charts", "train", ...upToStore],
  model: ["model", "start", "train", "fields", ...upToStore],
  pad: ["pad", ...upToStore],
  data: ["data", "model", "pad", "train", ...upToStore],
  tour: ["tour", "model", "train", "fields", ...upToStore],
  export: ["export", "train", "charts", ...upToStore],
  share: ["share", "export", "runs", "train", "charts", ...upToStore],
  layout: ["layout", "share", "export", "tour", "model", "inspect", "charts", "train", ...upToStore],
  "": ["", "trials", "card", "film", "data", "layout", "share", "model", "runs", "train", ...upToStore],
  bench: ["bench", ...everyPage],
  selftest: ["selftest", ...everyPage],
};

/** Pure files at the top of `src/engine` that import only each other. */
const baseFiles = new Set([
  "errors",
  "shape",
  "random",
  "math",
  "fields",
  "within",
  "json",
  "database",
  "opened",
  "digest",
]);

function roomOf(path: string): string | undefined {
  if (isUnder(path, "src/shaders")) return "shaders";
  if (isUnder(path, "src/wasm")) return "wasm";
  const rest = /^src\/engine\/(.+)$/.exec(path)?.[1];
  if (rest === undefined) return undefined;
  const name = rest.split("/")[0]?.replace(/\.ts$/, "") ?? "";
  return baseFiles.has(name) && !rest.includes("/") ? "base" : name;
}

/** Rule 1a: imports follow the arrows of ARCHITECTURE.md. */
export function checkArrows(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to, isPackage }) => {
    const room = roomOf(from);
    if (room !== undefined && !(room in arrows)) return [`${from}: no arrows are drawn for "${room}"`];
    if (isPackage) return [];
    const target = roomOf(to);
    if (room === undefined) {
      // The public surface is index.ts, and tools.ts for scripts; tests alone may look behind it.
      const isOutside = ["app", "bench", "scripts"].some((folder) => isUnder(from, folder));
      if (isUnder(from, "bench") && ["app", "scripts", "tests"].some((folder) => isUnder(to, folder))) {
        return [`${from}: imports ${to}; pages and scripts measure with bench, which knows none of them`];
      }
      const isPublic = to === "src/engine/index.ts" || (to === "src/engine/tools.ts" && isUnder(from, "scripts"));
      const isInside = target !== undefined && !isPublic;
      return isOutside && isInside ? [`${from}: imports ${to}; outside the engine import only src/engine`] : [];
    }
    if (target === undefined) return [`${from}: imports ${to}, which is outside the engine`];
    return arrows[room]?.includes(target)
      ? []
      : [`${from}: imports ${to}, but no arrow leads from ${room} to ${target}`];
  });
}

/** Rule 1b: in the page as well, imports lead from what is made of parts to its parts. */
export function checkPageArrows(imports: readonly Import[]): string[] {
  const folderOf = (path: string) => posix.relative("app", posix.dirname(path));
  return imports
    .filter(({ from, to, isPackage }) => !isPackage && isUnder(from, "app") && isUnder(to, "app"))
    .flatMap(({ from, to }) => {
      const [folder, target] = [folderOf(from), folderOf(to)];
      const allowed = appArrows[folder];
      if (!allowed) return [`${from}: no arrows are drawn for "app/${folder}"`];
      if (allowed.includes(target)) return [];
      return [`${from}: imports ${to}, but no arrow leads from app/${folder} to app/${target}`];
    });
}

/** Rule 1c: no import cycles, of types neither: files that know each other are one idea in two places. */
export function checkCycles(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to, isPackage } of imports) {
    if (!isPackage) targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const messages: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start !== -1) messages.push(`import cycle: ${[...trail.slice(start), path].join(" -> ")}`);
    if (start !== -1 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) walk(path, []);
  return messages;
}

const pageGlobals =
  /^(document|window|localStorage|sessionStorage|alert|confirm|prompt|requestAnimationFrame|cancelAnimationFrame|getComputedStyle|matchMedia|Document|Window|Element|ShadowRoot|DocumentFragment|(HTML|SVG)[A-Z]\w*)$/;
const pagePackages = /^(react|react-dom|zustand|zundo|recharts|@mantine\/.+|@dnd-kit\/.+|@tabler\/.+)(\/|$)/;

/** Rule 2: the engine knows no page. A name that the file declares itself (a pooling `window`) is not the global. */
export function checkFrameworkFree(file: ParsedFile): string[] {
  if (!isUnder(file.path, "src/engine")) return [];
  const packages = file.imports
    .filter(({ to, isPackage }) => isPackage && (pagePackages.test(to) || to.startsWith("node:")))
    .map(({ to }) => `${file.path}: imports ${to}; the engine runs without it`);
  const names = freeNames(file).filter(({ name }) => pageGlobals.test(name));
  return [...packages, ...names.map(({ name, line }) => `${file.path}:${line}: uses ${name}; the engine has no page`)];
}

/** Rule 3: only `backend/webgpu` names what is WebGPU's. */
export function checkGpuNames(file: ParsedFile): string[] {
  const isProduct = ["src", "app", "bench"].some((folder) => isUnder(file.path, folder));
  if (!isProduct || isUnder(file.path, "src/engine/backend/webgpu")) return [];
  return freeNames(file)
    .filter(({ name }) => /^GPU([A-Z]\w*)?$/.test(name))
    .map(({ name, line }) => `${file.path}:${line}: names ${name}; only src/engine/backend/webgpu may`);
}

/** Names that a file uses and does not declare, anywhere in it. */
function freeNames(file: ParsedFile): { name: string; line: number }[] {
  const declared = new Set<string>();
  const used: { name: string; line: number }[] = [];
  for (const [node, parent] of file.parents) {
    if (node.type !== "Identifier" || parent === undefined) continue;
    const name = String(node["name"]);
    if (declares(node, parent, file.parents.get(parent))) declared.add(name);
    else if (!isLabel(node, parent)) used.push({ name, line: lineOf(file.text, node.start) });
  }
  return used.filter(({ name }) => !declared.has(name));
}

/** For each kind of node that binds names: under which of its keys. */
const bindingKeys: Record<string, readonly string[]> = {
  VariableDeclarator: ["id"],
  FunctionDeclaration: ["id", "params"],
  FunctionExpression: ["id", "params"],
  ArrowFunctionExpression: ["params"],
  TSDeclareFunction: ["id", "params"],
  TSEmptyBodyFunctionExpression: ["params"],
  TSFunctionType: ["params"],
  TSConstructorType: ["params"],
  TSMethodSignature: ["params"],
  TSCallSignatureDeclaration: ["params"],
  TSIndexSignature: ["parameters"],
  TSParameterProperty: ["parameter"],
  TSNamedTupleMember: ["label"],
  TSMappedType: ["key"],
  TSTypeParameter: ["name"],
  TSTypeAliasDeclaration: ["id"],
  TSInterfaceDeclaration: ["id"],
  ClassDeclaration: ["id"],
  ImportSpecifier: ["local"],
  ImportDefaultSpecifier: ["local"],
  ImportNamespaceSpecifier: ["local"],
  ArrayPattern: ["elements"],
  AssignmentPattern: ["left"],
  RestElement: ["argument"],
  CatchClause: ["param"],
};

function declares(node: SyntaxNode, parent: SyntaxNode, grandparent: SyntaxNode | undefined): boolean {
  if (parent.type === "Property") return grandparent?.type === "ObjectPattern" && parent["value"] === node;
  return (bindingKeys[parent.type] ?? []).some((key) => [parent[key]].flat().includes(node));
}

/** A name after a dot or before a colon is no variable. Nor is the name that something has in another file. */
function isLabel(node: SyntaxNode, parent: SyntaxNode): boolean {
  const isComputed = parent["computed"] === true;
  if (parent.type === "MemberExpression") return parent["property"] === node && !isComputed;
  if (parent.type === "TSQualifiedName") return parent["right"] === node;
  if (parent.type === "ImportSpecifier" || parent.type === "ExportSpecifier") return true;
  return parent["key"] === node && !isComputed;
}

/** The line of a place in a text, from 1. */
export const lineOf = (text: string, offset: number) => text.slice(0, offset).split("\n").length;

/** Rule 4, in part: every shader is somebody's. */
export function checkShadersUsed(shaders: readonly string[], imports: readonly Import[]): string[] {
  const used = new Set(imports.map(({ to }) => to));
  return shaders.filter((path) => !used.has(path)).map((path) => `${path}: no file imports it`);
}

const lineLimits: Record<string, number> = { ts: 400, tsx: 400, mjs: 400, wgsl: 200 };

/** Rule 5: past a certain length, it is two ideas. */
export function checkLength({ path, text }: SourceFile): string[] {
  const limit = lineLimits[path.split(".").at(-1) ?? ""] ?? Number.POSITIVE_INFINITY;
  const lines = text.replace(/\n$/, "").split("\n").length;
  return lines > limit ? [`${path}: ${lines} lines, at most ${limit}; split it`] : [];
}

/** No way around the types: `any`, `as unknown as`, `@ts-ignore` and its like. */
export function checkTypeEscapes(file: ParsedFile): string[] {
  const at = (start: number, what: string) => `${file.path}:${lineOf(file.text, start)}: ${what}`;
  const inTree = [...file.parents.keys()].flatMap((node) => {
    if (node.type === "TSAnyKeyword") return [at(node.start, "any")];
    const inner = withoutParentheses(node["expression"]);
    const isDouble = isCast(node) && isNode(inner) && isCast(inner);
    return isDouble ? [at(node.start, "a cast of a cast (as unknown as)")] : [];
  });
  const inComments = file.comments.flatMap(({ value, start }) => {
    const found = /^[\s*/]*(@ts-(?:ignore|expect-error|nocheck))/.exec(value);
    return found?.[1] === undefined ? [] : [at(start, found[1])];
  });
  return [...inTree, ...inComments];
}

function withoutParentheses(value: unknown): unknown {
  return isNode(value) && value.type === "ParenthesizedExpression" ? withoutParentheses(value["expression"]) : value;
}

const isCast = (node: SyntaxNode) => node.type === "TSAsExpression" || node.type === "TSTypeAssertion";

/** No test is switched off, and none switches the others off. */
export function checkTestSwitches(file: ParsedFile): string[] {
  if (!isUnder(file.path, "tests")) return [];
  const roots = /^(it|test|describe|suite|bench|context|ctx|task)$/;
  const switches = /^(only|skip|skipIf|runIf|todo|fails)$/;
  return [...file.parents.keys()].flatMap((node) => {
    if (node.type !== "MemberExpression") return [];
    const { object, property } = node;
    const isRoot = (value: unknown): boolean =>
      isNode(value) &&
      ((value.type === "Identifier" && roots.test(String(value["name"]))) ||
        (value.type === "MemberExpression" && isRoot(value["object"])));
    const name = isNode(property) ? String(property["name"]) : "";
    return switches.test(name) && isRoot(object)
      ? [`${file.path}:${lineOf(file.text, node.start)}: .${name} switches tests off`]
      : [];
  });
}

/** A file opens with a comment that says what it is. */
export const checkOpening = ({ path, text }: ParsedFile): string[] =>
  /^(#![^\n]*\n)?\s*\/[/*]/.test(text) ? [] : [`${path}: expected an opening sentence on what it is and refuses`];
