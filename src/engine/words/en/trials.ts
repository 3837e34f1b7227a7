/** English: races and searches. */
import { formats, inSentence } from "./formats";

const { count, list } = formats;

type Texts<K extends string> = Readonly<Record<K, string>>;

/** Who leads, by how much, and how often chance alone would do that: among several pairs at most. */
type Lead = Texts<"name" | "score" | "gap" | "second" | "p"> & { readonly pairs: number };

const shareOf = ({ p, pairs }: Lead): string => (pairs > 1 ? `up to ${p}` : p);

export const trials = {
  title: "Race and search",
  kind: "What to do",
  busy: "A race or a search has the device, and a training beside it would be at its expense. Stop it, or wait for its end, to train.",
  race: "Race",
  raceAbout:
    "Two to four variants of this model take turns on this device, so that each has the same seconds of it. All begin with the same seed, and each becomes a kept run.",
  variant: ({ letter }: Texts<"letter">) => `Variant ${letter}`,
  asItIs: "As it is",
  addVariant: "Add a variant",
  removeVariant: ({ letter }: Texts<"letter">) => `Remove variant ${letter}`,
  addSetting: ({ letter }: Texts<"letter">) => `Change a setting of variant ${letter}`,
  addSettingHint: "Change a setting…",
  undoSetting: ({ label, letter }: Texts<"label" | "letter">) => `Leave ${label} of variant ${letter} as it is`,
  frozen: "Frozen",
  frozenHelp: "Keeps the layer's weights as they are.",
  ofLearning: "Learning",
  ofTraining: "Training",
  ofTask: "Task",
  inNetwork: ({ network, part }: Texts<"network" | "part">) => `${network}: ${part}`,
  sameAs: ({ letter }: Texts<"letter">) => `The same as ${letter}: what parts them is chance, or the machine.`,
  cannotTrain: ({ problem }: Texts<"problem">) => `Cannot be trained: ${problem}`,
  budget: "Time for each",
  budgetHelp: "Seconds of the device, what is validated included",
  seeds: "Seeds",
  seedsHelp: "Rounds with other seeds: without them, nobody knows how much is chance",
  seedsOf: ({ seeds }: { readonly seeds: number }) => (seeds === 1 ? "1 seed" : `${count(seeds)} seeds`),
  judgedBy: "Judged by",
  start: "Start the race",
  startInstead: "Pause training and race",
  takes: ({ time }: Texts<"time">) => `About ${time} in all`,
  pause: "Pause",
  goOn: "Go on",
  stop: "Stop the race",
  again: "Change the variants",
  preparing: "The variants are being prepared",
  underWay: ({ round, rounds }: Readonly<Record<"round" | "rounds", number>>) =>
    rounds > 1 ? `Under way, seed ${count(round)} of ${count(rounds)}` : "Under way",
  paused: "Paused",
  place: "Place",
  name: "Variant",
  steps: "Steps",
  training: ({ title }: Texts<"title">) => `Training ${inSentence(title)}`,
  validation: ({ title }: Texts<"title">) => `Validation ${inSentence(title)}`,
  result: ({ title }: Texts<"title">) => `Result: ${inSentence(title)}`,
  behind: "Behind",
  points: ({ value }: Texts<"value">) => `${value} points`,
  leads: "leads",
  table: "The race in numbers",
  curve: "Curves of the race",
  overSeconds: "Device seconds",
  overSteps: "Steps",
  axis: "Curves over",
  chart: ({ metric, axis }: Texts<"metric" | "axis">) =>
    `${metric} of each variant over ${axis}. The numbers are in the table.`,
  legend: "Thin: training, smoothed. Thick with dots: validation. Bands: one standard deviation over seeds.",
  nothingYet: "Curves appear with the first turns.",
  plusMinus: ({ mean, deviation }: Texts<"mean" | "deviation">) => `${mean} ± ${deviation}`,
  verdictAlone: "Nobody to compare: fewer than two variants came to a number.",
  verdictLevel: ({ name, score, second }: Texts<"name" | "score" | "second">) =>
    `“${name}” and “${second}” end level, with ${score}.`,
  verdictSeeds: ({ name, score, gap, second }: Texts<"name" | "score" | "gap" | "second">) =>
    `“${name}” ends first with ${score}, ${gap} before “${second}”. With one seed each nobody knows how much of that is chance: race with several seeds to see.`,
  verdictSure: (values: Lead) =>
    `“${values.name}” wins with ${values.score} on average, ${values.gap} before “${values.second}”. By chance alone so wide a lead would come about in ${shareOf(values)} of races.`,
  verdictLikely: (values: Lead) =>
    `“${values.name}” probably wins with ${values.score} on average, ${values.gap} before “${values.second}”. By chance alone so wide a lead would come about in ${shareOf(values)} of races.`,
  verdictOpen: (values: Lead) =>
    `Too close to call: “${values.name}” has ${values.score} on average, ${values.gap} before “${values.second}”, but chance alone would make such a lead in ${shareOf(values)} of races.`,
  /** Where nothing bounds what chance does. */
  verdictChance: ({ name, score, gap, second }: Texts<"name" | "score" | "gap" | "second">) =>
    `Too close to call: “${name}” has ${score} on average, ${gap} before “${second}”, and chance alone may well have made that lead.`,
  verdictHow: ({ pairs }: { readonly pairs: number }) =>
    pairs > 1 ? `Welch's t-test, times the ${count(pairs)} pairs.` : "Welch's t-test.",
  verdict: "Verdict",
  endedTime: "had its time",
  endedEpochs: "all epochs done",
  endedPatience: "ended by its patience",
  endedStopped: "stopped",
  endedDiverged: ({ step }: { readonly step: number }) => `not finite at step ${count(step)}`,
  endedFailed: ({ problem }: Texts<"problem">) => `failed: ${problem}`,
  showOnCharts: "Draw over the charts",
  shown: "Drawn over the charts, and compared below the list of runs.",
  use: ({ name }: Texts<"name">) => `Use ${name}`,
  useWord: "Use",
  used: ({ name }: Texts<"name">) => `The model has the settings of ${name} now. Undo takes that back.`,
  seedName: ({ name, seed }: { readonly name: string; readonly seed: number }) => `${name}, seed ${seed}`,
  note: "#race",
  lost: "The race's worker answers no more, and the race is over. What was kept of its runs until then is in the list of runs.",
  notStarted: ({ reason }: Texts<"reason">) => `The race could not be started: ${reason}. Try again.`,
  search: "Search",
  searchAbout:
    "Tries many values of a few settings for a share of the time each, and stops early what does badly. All trials begin with the same seed, and each becomes a kept run.",
  addDimension: "Search another setting",
  addDimensionHint: "Search another setting…",
  removeDimension: ({ label }: Texts<"label">) => `Leave ${label} as it is`,
  from: "From",
  to: "To",
  fromOf: ({ label }: Texts<"label">) => `${label} from`,
  toOf: ({ label }: Texts<"label">) => `${label} to`,
  scaleOf: ({ label }: Texts<"label">) => `How ${label} is spread`,
  log: "log",
  linear: "linear",
  rangeOrder: "The first end must be below the second.",
  rangeBounds: "An end is beyond what this setting may be.",
  rangeLog: "What is spread by ratio must begin above 0.",
  rangeChoices: "Choose two at least.",
  strategy: "Strategy",
  halving: "Successive halving",
  random: "Random",
  grid: "Grid",
  count: "Trials",
  budgetInAll: "Time in all",
  gridTooLarge: ({ most }: { readonly most: number }) =>
    `The grid has more than ${count(most)} points: leave a setting out.`,
  rungs: ({ counts, first, last }: Texts<"first" | "last"> & { readonly counts: readonly number[] }) =>
    `${counts.map(count).join(" → ")} trials; all have ${first}, the last ${last}`,
  each: ({ count: trialCount, time }: Texts<"time"> & { readonly count: number }) =>
    `${count(trialCount)} trials, ${time} s each; one below the median of those before stops after a third`,
  startSearch: "Start the search",
  searchInstead: "Pause training and search",
  stopSearch: "Stop the search",
  searchPreparing: "The first trial is being prepared",
  searchProgress: ({ begun, of, ended, time }: Texts<"time"> & Readonly<Record<"begun" | "of" | "ended", number>>) =>
    `${count(begun)} of ${count(of)} trials begun, ${count(ended)} over, ${time} of the device so far`,
  searchOver: ({ count: trialCount }: { readonly count: number }) => `Over: ${count(trialCount)} trials`,
  searchAgain: "Change the search",
  useWinner: "Use the winner",
  usedWinner: "The model has the winner's settings now. Undo takes that back.",
  goOnWithWinner: "Train the winner on",
  leftOut: ({ count: left }: { readonly count: number }) =>
    `${count(left)} combinations were left out, since such a model cannot be trained.`,
  leaderboard: "Leaderboard",
  fate: "What became of it",
  state_waiting: "waits",
  state_preparing: "is being prepared",
  state_running: "trains",
  state_rests: "goes on later",
  state_over: "over",
  endedHalved: ({ place, of, kept, seconds }: Texts<"seconds"> & Readonly<Record<"place" | "of" | "kept", number>>) =>
    `stopped after ${seconds} s: place ${count(place)} of ${count(of)}, ${kept === 1 ? "only the first goes on" : `only the first ${count(kept)} go on`}`,
  endedMedian: ({ value, median, of, seconds }: Texts<"value" | "median" | "seconds"> & { readonly of: number }) =>
    `stopped after ${seconds} s: ${value}, the median of ${count(of)} before was ${median}`,
  importance: "How much each setting mattered",
  importanceHow:
    "Share of the variance of places that lies between thirds of a setting's range, or between its choices: eta squared of the Kruskal-Wallis test. Settings that only matter together are not seen.",
  script: "Script for many machines",
  scriptHelp: "Saves this search as Python around the Keras export of the model, for as many machines as there are",
  scriptSaved: ({ names }: { readonly names: readonly string[] }) =>
    `The script is saved. Put the Keras export of the model beside it as model.keras.${
      names.length > 0 ? ` Keras has no place for ${list(names)}.` : ""
    }`,
  searchNote: "#search",
  pillRace: "Race",
  pillSearch: "Search",
  pillOver: "over",
  pillPaused: "paused",
  pillLeader: ({ name, score }: Texts<"name" | "score">) => `“${name}” leads with ${score}`,
  pillShow: "Show",
  pillProgress: "How far it is",
};
