/** English: the fields of forms. */
import type { Texts } from "../values";

/** Labels, helps and refusals. */
export const field = {
  help: ({ label }: Texts<"label">) => `Help: ${label}`,
  slider: ({ label }: Texts<"label">) => `${label}, slider`,
  height: ({ label }: Texts<"label">) => `${label}, height`,
  width: ({ label }: Texts<"label">) => `${label}, width`,
  shapeHelp: ({ help }: Texts<"help">) => `${help} For example 28×28×1, or 28, 28, 1.`,
  choiceHelp: ({ help, option, optionHelp }: Texts<"help" | "option" | "optionHelp">) =>
    `${help} ${option}: ${optionHelp}`,
  withoutPoint: ({ expected }: Texts<"expected">) => `${expected}, without a point`,
  withPoint: ({ expected }: Texts<"expected">) => `${expected}, with a point before its fraction`,
  expected: ({ expected }: Texts<"expected">) => `Expected ${expected}.`,
  keptOld: ({ expected }: Texts<"expected">) => `The old value stays: expected ${expected}.`,
  notUsed: ({ text, expected }: Texts<"text" | "expected">) => `${text} was not used: expected ${expected}.`,
};
