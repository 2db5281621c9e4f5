/** What a contract program may use of the library, the same names on every backend. */
import { awcDgd } from '../../../kernel-runtime/src/mathematics/optim/awc-dgd.js';
import { decentlam } from '../../../kernel-runtime/src/mathematics/optim/decentlam.js';
import { dmsgd } from '../../../kernel-runtime/src/mathematics/optim/dmsgd.js';
import { dsgd } from '../../../kernel-runtime/src/mathematics/optim/dsgd.js';
import { exactDiffusion } from '../../../kernel-runtime/src/mathematics/optim/exact-diffusion.js';
import { extra } from '../../../kernel-runtime/src/mathematics/optim/extra.js';
import { gradientTracking } from '../../../kernel-runtime/src/mathematics/optim/gradient-tracking.js';

export { leastSquares } from '../../../kernel-runtime/src/mathematics/problems/least-squares.js';
export { iterate } from '../../../kernel-runtime/src/mathematics/optim/iterate.js';
export { zeros } from '../../../kernel-runtime/src/mathematics/math/vectors.js';

/** The algorithms by the name of the reference, which is also their `name`. */
export const algorithms = {
  dsgd,
  'awc-dgd': awcDgd,
  dmsgd,
  decentlam,
  'exact-diffusion': exactDiffusion,
  extra,
  'atc-gt': gradientTracking
};
