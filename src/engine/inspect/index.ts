/** The questions that can be asked about a model: one line each. They are fetched when they are first asked. */
import type { Inquiry } from "./inquiry";

const inquiries = {
  batch: () => import("./batch").then(({ batch }) => batch),
  arithmetic: () => import("./arithmetic").then(({ arithmetic }) => arithmetic),
  attention: () => import("./attention").then(({ attention }) => attention),
  clusters: () => import("./clusters").then(({ clusters }) => clusters),
  backward: () => import("./backward").then(({ backward }) => backward),
  embedding: () => import("./embedding").then(({ embedding }) => embedding),
  excite: () => import("./excite").then(({ excite }) => excite),
  episode: () => import("./episode").then(({ episode }) => episode),
  gradientCheck: () => import("./gradientCheck").then(({ gradientCheck }) => gradientCheck),
  health: () => import("./health").then(({ health }) => health),
  history: () => import("./history").then(({ history }) => history),
  landscape: () => import("./landscape").then(({ landscape }) => landscape),
  trace: () => import("./trace").then(({ trace }) => trace),
  weights: () => import("./weights").then(({ weights }) => weights),
  unitFields: () => import("./unitFields").then(({ unitFields }) => unitFields),
  why: () => import("./why").then(({ why }) => why),
};

export type InquiryName = keyof typeof inquiries;

type Found<K extends InquiryName> = Awaited<ReturnType<(typeof inquiries)[K]>>;

/** What is asked, and what is answered. */
export type QuestionOf<K extends InquiryName> = Parameters<Found<K>["answer"]>[1];
export type AnswerOf<K extends InquiryName> = Awaited<ReturnType<Found<K>["answer"]>>;

/** The record of a question. */
export const inquiryOf = <K extends InquiryName>(name: K): Promise<Inquiry<QuestionOf<K>, AnswerOf<K>>> =>
  (inquiries[name] as () => Promise<Inquiry<QuestionOf<K>, AnswerOf<K>>>)();

export type { Arithmetic } from "./arithmetic";
export type { Attention } from "./attention";
export type { Clusters } from "./clusters";
export type { BlockGradient } from "./backward";
export type { Embeddable, Embedding } from "./embedding";
export type { Excited } from "./excite";
export type { Episode } from "./episode";
export type { Landscape } from "./landscape";
export type { SampleHistory } from "../train/history";
export type { BlockOutput } from "./side";
export type { CheckedVariable, GradientCheck } from "./gradientCheck";
export type { BlockHealth, Health, HealthProblem } from "./health";
export type { WeightPlace, Weights } from "./weights";
export type { UnitFields } from "./unitFields";
export type { Why } from "./why";
export { WHY_METHODS } from "./methods";
