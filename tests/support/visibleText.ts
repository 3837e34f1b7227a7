// What a visitor may read, as far as source text tells: text in JSX, in attributes and properties that are shown or read out,
// in what is announced, and whatever else looks like words. The page takes all of it from the catalogue.
import { isNode, lineOf, type ParsedFile, type SyntaxNode } from "./architecture";

/** Attributes and properties whose text is shown or read out. */
const shown =
  /^(label|title|help|message|text|placeholder|alt|aria-label|aria-description|aria-valuetext|aria-roledescription|thumbLabel|byHand|description|aside|problem|reason)$/;
/** Functions that take keys, or whose text is for programmers. */
const exempt = /^(t|say|tell|nameOf|querySelector|querySelectorAll|closest|matches|setAttribute|getElementById)$/;
const letters = /\p{L}{2,}/u;
/** Two words, or one with a capital. */
const wordy = /\p{L}{2,}[,:]? \p{L}+|^\p{Lu}\p{Ll}+$/u;
/** Names of keys on the keyboard, of HTML elements and of browser's errors and events. */
const names =
  /^(Enter|Escape|Tab|Home|End|Delete|Backspace|Space|Insert|Arrow\w+|Page\w+|Control|Shift|Meta|Alt|Dense|Flatten|Residual|Branches|Activation|Dropout|Reshape)$/;

/** Text outside the catalogue: `file:line: text`. Tests and scripts may have some. */
export function checkVisibleText(file: ParsedFile): string[] {
  if (!file.path.startsWith("app/")) return [];
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
        if (!wordy.test(text) || names.test(text)) return false;
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
  return wordy.test(text) && !names.test(text);
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
