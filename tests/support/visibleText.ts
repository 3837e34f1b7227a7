// What a visitor may read, as far as source text tells: text in JSX, in attributes and properties that are shown or read out,
// in what is announced, and whatever else looks like words. The page takes all of it from the catalogue.
import { isNode, lineOf, type ParsedFile, type SyntaxNode } from "./architecture";

/** Attributes and properties whose text is shown or read out. */
const shown =
  /^(label|title|help|message|text|placeholder|alt|aria-label|aria-description|aria-valuetext|aria-roledescription|thumbLabel|byHand|description|aside|problem|reason)$/;
/** Files whose text is no page's: Markdown for bug reports and tables that terminals print too, in English everywhere; files to
 *  take away; names of fonts. */
const elsewhere =
  /^app\/(bench\/measure\/.*|bench\/summary\.ts|selftest\/report\.ts|charts\/exports\.ts|common\/theme\.ts)$/;
/** Functions that take keys, or whose text is for programmers. */
const exempt = /^(t|say|tell|nameOf|querySelector|querySelectorAll|closest|matches|setAttribute|getElementById)$/;
const letters = /\p{L}{2,}/u;
/** Two words, or one with a capital. */
const wordy = /\p{L}{2,}[,:]? \p{L}+|^\p{Lu}\p{Ll}+$/u;
/** In a template, a word beside a space is enough: what is filled in is the rest. */
const wordyPart = /\p{L}{2,}[,:;]? |(^| )\p{L}{2,}$| \p{L}{2,}/u;
/** Names of keys on the keyboard, and of layers. */
const names = /^(Enter|Escape|Tab|Home|End|Delete|Backspace|Space|Arrow\w+|Page\w+|Dense|Dropout)$/;

/** Text outside the catalogue: `file:line: text`. Tests and scripts may have some. */
export function checkVisibleText(file: ParsedFile): string[] {
  if (!file.path.startsWith("app/") || elsewhere.test(file.path)) return [];
  return [...file.parents.keys()].flatMap((node) => {
    const text = textOf(node);
    if (text === undefined || !letters.test(text) || !isVisible(node, text, file)) return [];
    return [`${file.path}:${lineOf(file.text, node.start)}: "${text.trim()}" belongs into words/en`];
  });
}

function textOf(node: SyntaxNode): string | undefined {
  if (node.type === "JSXText" || node.type === "Literal") {
    return typeof node["value"] === "string" ? node["value"] : undefined;
  }
  if (node.type !== "TemplateElement") return undefined;
  const { value } = node;
  return typeof value === "object" && value !== null && "cooked" in value ? String(value.cooked) : undefined;
}

function isVisible(node: SyntaxNode, text: string, file: ParsedFile): boolean {
  if (node.type === "JSXText") return true;
  let child = node;
  for (let at = file.parents.get(node); at; child = at, at = file.parents.get(at)) {
    switch (at.type) {
      case "ImportDeclaration":
      case "ImportExpression":
      case "ExportNamedDeclaration":
      case "ExportAllDeclaration":
        if (at["source"] === child) return false;
        break;
      case "TSLiteralType":
      case "TSTemplateLiteralType":
        return false;
      case "BinaryExpression":
        if (/^[=!]==?$|^in$/.test(String(at["operator"]))) return false;
        break;
      case "SwitchCase":
        if (at["test"] === child) return false;
        break;
      case "MemberExpression":
        return false;
      case "CallExpression":
      case "NewExpression": {
        if (at["callee"] === child) break;
        const name = calleeOf(at["callee"]);
        if (exempt.test(name) || name.endsWith("Error") || name.startsWith("console.")) return false;
        if (name === "announce") return true;
        if (!isWordy(node, text, file)) return false;
        break;
      }
      case "JSXAttribute":
        return shown.test(nameOf(at["name"]));
      case "JSXExpressionContainer":
        if (file.parents.get(at)?.type !== "JSXAttribute") return true;
        break;
      case "Property":
        if (at["key"] === child) return false;
        if (shown.test(nameOf(at["key"]))) return true;
        break;
    }
  }
  return isWordy(node, text, file);
}

function isWordy(node: SyntaxNode, text: string, file: ParsedFile): boolean {
  if (names.test(text)) return false;
  const expressions = node.type === "TemplateElement" ? file.parents.get(node)?.["expressions"] : undefined;
  const isPart = Array.isArray(expressions) && expressions.length > 0;
  return wordy.test(text) || (isPart && wordyPart.test(text));
}

/** Text that is written while a module loads, when the language may not be known yet. */
export function checkEarlyText(file: ParsedFile): string[] {
  if (!file.path.startsWith("app/")) return [];
  return [...file.parents.keys()].flatMap((node) => {
    if (node.type !== "CallExpression" || !/^(t|tell)$/.test(nameOf(node["callee"]))) return [];
    for (let at = file.parents.get(node); at; at = file.parents.get(at)) if (/Function|Method/.test(at.type)) return [];
    return [`${file.path}:${lineOf(file.text, node.start)}: written while the module loads; write it when it is shown`];
  });
}

const nameOf = (node: unknown): string => {
  if (!isNode(node)) return "";
  return typeof node["name"] === "string" ? node["name"] : String(node["value"] ?? "");
};

function calleeOf(node: unknown): string {
  if (!isNode(node)) return "";
  if (node.type !== "MemberExpression") return nameOf(node);
  const object = nameOf(node["object"]);
  return object === "console" ? `console.${nameOf(node["property"])}` : nameOf(node["property"]);
}
