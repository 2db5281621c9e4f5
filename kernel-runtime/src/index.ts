/** The public API. Re-exports only. */
export { DecentLabError } from './errors.js';
export { Matrix, type Vector } from './mathematics/math/matrix.js';

// mathematics
export { add, div, mul, sub } from './mathematics/math/elementwise.js';
export { eig, singularValues, solve, type Eigenvalues } from './mathematics/math/linear-algebra.js';
export {
  diagonal,
  identity,
  matmul,
  matmulTransposed,
  transpose
} from './mathematics/math/matrices.js';
export {
  abs,
  cos,
  exp,
  log,
  log1p,
  logSumExp,
  power,
  relu,
  sigmoid,
  sin,
  softplus,
  sqrt,
  tanh
} from './mathematics/math/functions.js';
export { operator, type OperatorName } from './mathematics/math/operators.js';
export { tracing } from './mathematics/math/derivatives/bodies.js';
export {
  checkGradient,
  type CheckGradientOptions,
  type GradientCheck
} from './mathematics/math/derivatives/check-gradient.js';
export { grad, valueAndGrad, type Loss } from './mathematics/math/derivatives/gradient.js';
export { reshape } from './mathematics/math/reshape.js';
export { random, type RandomStream } from './mathematics/math/random.js';
export {
  axpy,
  dot,
  mean,
  norm,
  ones,
  scale,
  sum,
  vector,
  zeros,
  zerosLike
} from './mathematics/math/vectors.js';
export {
  exponentialGraph,
  exponentialTwoGraph,
  ringGraph,
  symmetricExponentialGraph
} from './mathematics/graph/circulant.js';
export { baseGraph } from './mathematics/graph/base-graph.js';
export { innerOuterExponentialTwo, innerOuterRing, onePeer } from './mathematics/graph/dynamic.js';
export {
  equiDynamic,
  equiStatic,
  type EquiDynamicOptions,
  type EquiStaticOptions
} from './mathematics/graph/equi.js';
export { readTopology, type ReadOptions } from './mathematics/graph/files.js';
export { healedTopology, healing, type Healing } from './mathematics/graph/healed.js';
export {
  destinationsFromSources,
  sourcesFromDestinations,
  type Inferred
} from './mathematics/graph/infer.js';
export {
  exchangeOf,
  getDynamicOnePeerSendRecvRanks,
  getExp2DynamicSendRecvMachineRanks,
  getInnerOuterExpo2DynamicSendRecvRanks,
  getInnerOuterRingDynamicSendRecvRanks,
  sendRecvRanks,
  type ExchangeOptions,
  type SendRecvRanks
} from './mathematics/graph/send-recv.js';
export {
  lazyWeights,
  metropolisWeights,
  pushWeights,
  uniformWeights
} from './mathematics/graph/weights.js';
export { connectivity, isConnected } from './mathematics/graph/connected.js';
export {
  metropolis,
  topologyFromEdges,
  topologyFromWeights,
  type Edge
} from './mathematics/graph/edges.js';
export { fullyConnectedGraph, meshGrid2DGraph, starGraph } from './mathematics/graph/grids.js';
export { erdosRenyiGraph, randomGeometricGraph } from './mathematics/graph/random-graphs.js';
export {
  topologyNamed,
  topologyNames,
  type TopologyOptions,
  type WeightRule
} from './mathematics/graph/named.js';
export {
  asSchedule,
  isSchedule,
  onePeerExponential,
  scheduleOf,
  type Schedule
} from './mathematics/graph/schedules.js';
export { sparseWeights, type SparseWeights, type WeightRow } from './mathematics/graph/sparse.js';
export { withoutLink } from './mathematics/graph/without-link.js';
export { isSymmetric, spectrum, type Spectrum } from './mathematics/graph/spectrum.js';
export { isDoublyStochastic, type Verdict } from './mathematics/graph/stochastic.js';
export {
  getRecvWeights,
  getSendWeights,
  inNeighborsOf,
  isRegularGraph,
  isTopologyEquivalent,
  outNeighborsOf,
  type Topology
} from './mathematics/graph/topology.js';
export type {
  AllreduceOptions,
  Communicator,
  NeighborAllreduceOptions,
  TensorLike,
  Value
} from './mathematics/communicator/communicator.js';
export {
  topK,
  type Compression,
  type TopK
} from './mathematics/communicator/compression/compression.js';
export type { InitOptions } from './mathematics/communicator/collectives.js';
export type {
  HierarchicalOptions,
  NeighborAllgatherOptions,
  PairGossipOptions,
  SetTopologyOptions
} from './mathematics/communicator/options.js';
export type {
  OneSided,
  WinCreateOptions,
  WinGetOptions,
  WinMutex,
  WinMutexOptions,
  WinPutOptions,
  WinUpdateOptions
} from './mathematics/communicator/windows/one-sided.js';
export { fitLink, type FittedLink, type TimedMessage } from './mathematics/simulate/calibrate.js';
export type { EdgeLink, LinkOptions, Straggler } from './mathematics/graph/link.js';
export type { SimulatedTime } from './mathematics/simulate/clock.js';
export {
  simulate,
  type Program,
  type Simulated,
  type SimulateOptions
} from './mathematics/simulate/simulate.js';
export * from './mathematics/optim/public.js';
export {
  leastSquares,
  randomLeastSquares,
  type LeastSquares,
  type LocalLoss
} from './mathematics/problems/least-squares.js';
export {
  designedLeastSquares,
  rowNoise,
  type DesignedLeastSquaresOptions
} from './mathematics/problems/designed-least-squares.js';
export {
  logisticRegression,
  mnistLogistic,
  mnistSoftmax,
  multinomialRegression,
  type MnistRegressionOptions
} from './mathematics/problems/regressions.js';
export type { Regression, RegressionOptions } from './mathematics/problems/linear-models.js';
export type { LocalProblem, Problem } from './mathematics/problems/problem.js';
export { imageSamples, type Samples } from './mathematics/problems/samples.js';
export {
  cifar10Classes,
  listImages,
  loadCifar10,
  loadImageFolder,
  type ImageFiles
} from './mathematics/problems/image-files.js';
export {
  cifar10Scale,
  imageBatches,
  imagenetScale,
  mnistScale,
  type BatchTimes,
  type ImageBatch,
  type ImageBatches,
  type ImageBatchesOptions,
  type Images
} from './mathematics/problems/image-batches.js';
export {
  cifarAugmentation,
  imagenetAugmentation,
  type Augmentation
} from './mathematics/problems/data/augment.js';
export {
  modelNamed,
  modelNames,
  parameterCount,
  type ModelName
} from './mathematics/problems/models/by-name.js';
export { evaluate, type Evaluated } from './mathematics/problems/models/evaluate.js';
export type { ImageModelOptions } from './mathematics/problems/models/options.js';
export { resnet20 } from './mathematics/problems/models/resnet20.js';
export { resnet50 } from './mathematics/problems/models/resnet50.js';
export { perceptron, smallConvNet } from './mathematics/problems/models/small.js';
export { readProblem, saveProblem } from './mathematics/problems/problem-file.js';
export { newton, type NewtonOptions } from './mathematics/problems/newton.js';
export {
  noisyZigzag,
  zigzag,
  type NoisyZigzagOptions,
  type QuadraticLoss
} from './mathematics/problems/quadratic.js';
export { nesterov, type Minimum, type NesterovOptions } from './mathematics/problems/nesterov.js';
export { deal, dealAtRandom, dealByClass, dealByDirichlet } from './mathematics/problems/shares.js';
export { featuresOf, type ImageSet } from './mathematics/problems/images.js';
export { loadMnist } from './mathematics/problems/mnist.js';
export {
  softmaxRegression,
  type SoftmaxOptions,
  type SoftmaxRegression
} from './mathematics/problems/softmax-regression.js';
export { isTensor, loadTensorflow } from './mathematics/tensor/tensorflow.js';

// collectives
export {
  activity,
  timelineEndActivity,
  timelineStartActivity
} from './cluster/collectives/activity.js';
export {
  allreduce,
  barrier,
  broadcast,
  communicator,
  inferDestinationFromSourceRanks,
  inferSourceFromDestinationRanks,
  inNeighborRanks,
  init,
  isTopoWeighted,
  linkArray,
  loadTopology,
  neighborAllreduce,
  outNeighborRanks,
  pairGossip,
  rank,
  resume,
  setTopology,
  shutdown,
  size,
  suspend,
  type InferOptions
} from './cluster/collectives/context.js';
export {
  allgather,
  allreduceParameters,
  broadcastOptimizerState,
  broadcastParameters,
  neighborAllgather
} from './cluster/collectives/gather-words.js';
export {
  hierarchicalNeighborAllreduce,
  inNeighborMachineRanks,
  isMachineTopoWeighted,
  loadMachineTopology,
  localRank,
  localSize,
  machineRank,
  machineSize,
  outNeighborMachineRanks,
  setMachineTopology
} from './cluster/collectives/machine-words.js';
export {
  getCurrentCreatedWindowNames,
  turnOffWinOpsWithAssociatedP,
  turnOnWinOpsWithAssociatedP,
  winAccumulate,
  winArrival,
  winAssociatedP,
  winCreate,
  winFree,
  winGet,
  winMutex,
  winPut,
  winUpdate,
  winUpdateThenCollect,
  winVersion
} from './cluster/collectives/windows/cell-words.js';

export {
  distributedOptimizer,
  type DistributedOptimizerOptions
} from './cluster/engine/training-words.js';

// laboratory
export {
  check,
  type CheckFunction,
  type CheckOptions,
  type CheckResult,
  type CheckTable
} from './laboratory/experiments/check.js';
export { hint } from './laboratory/experiments/hint.js';
export {
  cifar10Folder,
  type Cifar10FolderOptions
} from './laboratory/experiments/cifar10-folder.js';
export { averageCurve, errorCurves } from './laboratory/experiments/curves.js';
export type {
  Diverged,
  ExperimentProblem,
  ExperimentResult,
  ScriptedAlgorithm
} from './laboratory/experiments/experiment.js';
export {
  loadRun,
  saveRun,
  type RunToSave,
  type SavedRun
} from './laboratory/experiments/saved-run.js';
export { readSweep, sweep, type SweepOptions } from './laboratory/experiments/sweep.js';
export type { SweepRow, SweepTable } from './laboratory/experiments/sweep-table.js';
export { Table, type Column, type Row } from './laboratory/experiments/table.js';
export { runExperiment, type ExperimentOptions } from './laboratory/experiments/run-experiment.js';
export { growthFactor } from './laboratory/experiments/growth.js';
export {
  theory,
  type MethodTheory,
  type Theory,
  type TheoryLine,
  type TheoryOptions
} from './laboratory/experiments/theory.js';
export { fitPowerLaw, type PowerLaw } from './laboratory/plot/fit.js';
export * as plot from './laboratory/plot/plot.js';

// cluster
export {
  Cluster,
  type ClusterState,
  type EngineState,
  type StartOptions
} from './cluster/client/cluster.js';
export type { ChromeTrace } from './cluster/client/timeline.js';
export { AsyncResult, type Progress } from './cluster/client/async-result.js';
export type { HealReport } from './cluster/client/heal-report.js';
export { ClusterError, type RankError } from './cluster/client/cluster-error.js';
export { View, type ExecuteOptions, type Variables } from './cluster/client/view.js';
