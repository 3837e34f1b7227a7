/** The engine's public surface. Everything outside `src/engine` imports from here and from nowhere else. */
export * from "./errors";
export { english as englishLanguage, fetchLaterWords, type Language, write } from "./languages/language";
export { inSentence } from "./words/en/formats";
export type { Formats } from "./words/formats";
export { english, type Name, nameOf, type Said, say, type ValuesOf, type WordKey, type Words } from "./words/said";
export { showShape, sizeOf } from "./shape";
export type { Shape } from "./shape";
export type { ChoiceField, Config, Field, Fields, FlagField, NumberField, PairField, ShapeField } from "./fields";
export { defaultConfig, expectationOf, fieldSchema, readConfig, settingOf } from "./fields";
export { datasets } from "./data";
export {
  environmentOf,
  type Grid,
  MAP_SIDE,
  mapCells,
  type MapLetter,
  type Mark,
  withCell,
  type World,
} from "./environments";
export { nameOfData } from "./data/dataset";
export { bringDataset, findDataset, forgetDataset, requireDataset } from "./data/library";
export { openOwnDatasets } from "./data/openOwn";
export { DATASETS_DATABASE } from "./data/ownData";
export {
  type MadeDataset,
  memoryOfMade,
  type OwnDataset,
  type OwnDatasets,
  ownDatasetDef,
  ownId,
  type ReadRows,
} from "./data/ownData";
export type * from "./bring/protocol";
export type { ColumnData, ColumnInfo, ColumnKind, DataInfo, DatasetDef } from "./data";
export { type Cell, scaledAt, unscaled, writtenCells } from "./data/cells";
export { partsOf, RARE, readText, writtenText } from "./data/column";
export { categories } from "./nn/categories";
export type { LayerCategory, LayerDef } from "./nn/layer";
export type { ContainerDef } from "./nn/container";
export { containers, isContainerType } from "./nn/containers";
export type { ContainerType } from "./nn/containers";
export { isLayerType, layers } from "./nn/layers";
export type { LayerType } from "./nn/layers";
export { layerFor } from "./nn/layers/roles";
export { losses } from "./nn/losses";
export type { LossType } from "./nn/losses";
export { optimizers } from "./optim/optimizers";
export type { OptimizerType } from "./optim/optimizers";
export { schedules } from "./optim/schedules";
export type { ScheduleType } from "./optim/schedules";
export { metrics } from "./nn/metrics";
export type { MetricType } from "./nn/metrics";
export { tasks } from "./tasks";
export type { TaskType } from "./tasks";
export { sidesOf } from "./tasks/sides";
export type { CurveInfo, NetworkDef, TaskDef } from "./tasks/task";
export { readJson } from "./json";
export { LIMITS, parseDescription, readDescription } from "./model/description";
export { isSameModel, readSparse, withoutDefaults } from "./model/sparse";
export type { Chosen, ModelDescription, NetworkDescription, RunSettings } from "./model/description";
export {
  allBlocks,
  blockNames,
  blocksOf,
  defOf,
  hereOf,
  findBlock,
  isContainer,
  mapBlocks,
  mapStacks,
  recordOf,
} from "./model/blocks";
export { fixedKey, withLiveSettings } from "./model/liveSettings";
export { learningRates } from "./train/learningRates";
export type { Block, BlockType, ContainerBlock, LayerBlock, Place, Placed, Stack } from "./model/blocks";
export { aboutOf, analyzeModel, tellsNext } from "./model/analyze";
export type { LayerReport, ModelReport, NetworkReport, Problem } from "./model/analyze";
export { networkFields, stoppingFields, trainingFields, trainingFieldsFor } from "./model/training";
export { defaultLearning, defaultTraining, presets } from "./model/presets";
export { heldOutOf, suitedModel, taskFor } from "./model/presets/suited";
export type { Preset, PresetId } from "./model/presets";
export type * from "./trainer/protocol";
export type { PackControls } from "./trainer/packer";
export { isRoundable, type Rounding, storedBytes } from "./train/rounding";
export * from "./inspect";
export type * from "./selftest/protocol";
export { totalBytes } from "./train/memory";
export { formatError } from "./check/compare";
export type { Verdict } from "./check/compare";
export { openRuns } from "./trainer/openRuns";
export type * from "./trainer/trialsProtocol";
export type * from "./trials";
/** What races and searches compare. Pages fetch it when there is the first. */
export const openTrialTools = () => import("./trials");
export { heldRuns } from "./trainer/runLock";
export { newestFirst, RUNS_DATABASE } from "./trainer/keptRuns";
export type { CheckpointInfo, KeptCurves, KeptRun, ListedRun, RunMark, RunStore } from "./trainer/keptRuns";
export { Trainer } from "./trainer/trainer";
export type { TrainerOptions } from "./trainer/trainer";

// For programs: graphs, gradients, backends, models.
export type { Node } from "./graph/node";
export type { DType, TensorType } from "./graph/type";
export { input, state, stepScalar } from "./ops/leaf";
export { constant } from "./ops/constant";
export {
  abs,
  add,
  clip,
  div,
  elu,
  equal,
  erf,
  exp,
  gelu,
  greater,
  greaterEqual,
  leakyRelu,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  sign,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
} from "./ops/pointwise";
export { broadcastTo, sum } from "./ops/broadcast";
export { max, mean } from "./ops/reduce";
export { reshape, stopGradient } from "./ops/layout";
export { concat, pad, slice, transpose } from "./ops/strided";
export { matmul } from "./ops/matmul";
export { conv2d, conv2dTranspose } from "./ops/conv2d";
export { depthwiseConv2d } from "./ops/depthwise";
export { avgPool2d, maxPool2d } from "./ops/pool";
export { upSample2d } from "./ops/upSample";
export { logSoftmax, softmax } from "./ops/softmax";
export { categoricalCrossEntropy, sigmoidCrossEntropy, softmaxCrossEntropy } from "./ops/crossEntropy";
export { argMax, gatherRows, oneHot } from "./ops/gather";
export { dropout } from "./ops/dropout";
export { randomNormal, randomUniform } from "./ops/random";
export type { RandomOptions } from "./ops/random";
export { gradients } from "./ops/gradients";
export { compile } from "./compile/compile";
export { explainPlan, showPlan } from "./compile/explain";
export type { LaunchDetail, PlanExplanation, LaunchExplanation } from "./compile/explain";
export type { CompileOptions, Computation, Plan, Launch } from "./compile/plan";
export type { Backend, Executable, Profile, StepRow, Tensor, TensorData } from "./backend/backend";
export { createCpuBackend } from "./backend/cpu/cpuBackend";
export { openCpuBackend } from "./backend/cpu/openCpuBackend";
export type { StartHelper } from "./backend/cpu/wasm/helper";
export type { CpuPrecision } from "./backend/cpu/cpuBackend";
export { describeAdapter, findAdapter } from "./backend/webgpu/adapter";
export { createWebGpuBackend } from "./backend/webgpu/webgpuBackend";
export type { WebGpuOptions } from "./backend/webgpu/webgpuBackend";
export { countGpuCalls } from "./backend/webgpu/calls";
export { expectedPeakSum, openPeakKernel, type PeakForm } from "./backend/webgpu/peak";
export { readSafetensors, writeSafetensors } from "./io/safetensors";
export type { NamedArray, TensorFile } from "./io/safetensors";
export { openIncoming, openStarts } from "./io/openIncoming";
export { shapesOf, type StartWeights, type WeightMatch } from "./model/startFrom";
export { openOutgoing } from "./io/openOutgoing";
export type {
  ExportedModel,
  ExportedNetwork,
  ExportFormat,
  Files,
  FormatId,
  NetworkSamples,
  Refusal,
} from "./io/outgoing";
export { evaluate } from "./train/evaluate";
export { Model } from "./train/model";
export type { FitOptions } from "./train/model";
export { ResidentData } from "./train/resident";
export { createMetricLog } from "./train/metricLog";
export type { LogDump, MetricBatch, MetricColumn, MetricColumns, MetricLog } from "./train/metricLog";
export { curvesOf, figuresOf } from "./train/scores";
export { Session } from "./train/session";
export type { Snapshot, Weight } from "./train/session";
export type { ShownValue, ShownValues } from "./train/predictor";
export type { ByteSource, Dataset, Split } from "./data";
