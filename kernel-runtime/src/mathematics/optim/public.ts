/** What the public API has of the algorithms and of training. Re-exports only. */
export type { Algorithm, Node, State } from './algorithm.js';
export { adam, type AdamOptions } from './around/adam.js';
export { adaptThenCombine } from './around/adapt-then-combine.js';
export { adaptWithCombine } from './around/adapt-with-combine.js';
export { adaptWithWinPut } from './around/adapt-with-win-put.js';
export type { Communication } from './around/communication.js';
export { gradientAllreduce } from './around/gradient-allreduce.js';
export { gradientPush } from './around/gradient-push.js';
export type { Rule } from './around/rule.js';
export { sgd } from './around/sgd.js';
export { asyncDsgd } from './async-dsgd.js';
export { asyncGradientPush } from './async-gradient-push.js';
export { asyncPushSum } from './async-push-sum.js';
export { averageConsensus } from './average-consensus.js';
export { awcDgd } from './awc-dgd.js';
export { awcDmsgd } from './awc-dmsgd.js';
export {
  algorithmDefaults,
  algorithmNamed,
  algorithmNames,
  type AlgorithmName,
  type AlgorithmOptions
} from './by-name.js';
export { checkStability } from './check-stability.js';
export { d2Dmsgd } from './d2-dmsgd.js';
export { d2 } from './d2.js';
export { daDmsgd } from './da-dmsgd.js';
export { decentlam } from './decentlam.js';
export { diging } from './diging.js';
export { dmsgd } from './dmsgd.js';
export { dsgd } from './dsgd.js';
export { exactDiffusionSvrg } from './exact-diffusion-svrg.js';
export { exactDiffusion } from './exact-diffusion.js';
export { algorithmFrom } from './exported.js';
export { extra } from './extra.js';
export { gossipPga } from './gossip-pga.js';
export { gradientTracking } from './gradient-tracking.js';
export { iterate, stepsOf, type IterateOptions, type Iterated, type Steps } from './iterate.js';
export { loadCheckpoint, saveCheckpoint } from './models/checkpoint.js';
export type { DistributedOptimizer } from './models/distributed-optimizer.js';
export { layerSizes } from './models/layer-sizes.js';
export { momentumTracking } from './momentum-tracking.js';
export type { MomentumOptions, LookAheadOptions, StepOptions } from './options.js';
export { pmsgdLars } from './pmsgd-lars.js';
export { pmsgd } from './pmsgd.js';
export { psgd } from './psgd.js';
export { pushDiging } from './push-diging.js';
export { pushSum } from './push-sum.js';
export { qgDmsgd } from './qg-dmsgd.js';
export { constant, cosine, stepDecay, warmUp, type Rate } from './rates.js';
export { slowMomentum, slowmo, type SlowOptions } from './slowmo.js';
export { weightDecay } from './weight-decay.js';
export { d2Radius, decentlamRadius, exactRadius, largestStableBeta } from './stability.js';
export { stochasticBias, type StochasticBiasOptions } from './stochastic-bias.js';
export {
  awcDgdLimit,
  daDmsgdLimit,
  dmsgdLimit,
  dsgdLimit,
  limitOf,
  type LimitOptions
} from './limits.js';
export { biasOrder, heterogeneity, minimiser, relativeError, type Quadratic } from './theory.js';
