/** Tests of tfjs-core that are not asked of a backend, each with its reason. */

const OWN = {
  torch: [
    {
      test: /^gather throws when index is out of bound$/,
      reason: 'PyTorch refuses the index too, in its own words: "index out of range in self"'
    },
    {
      test: /^maxPool \[x=\[3,3,1\] f=\[2,2\] s=1 ignores NaNs$/,
      reason:
        'the largest of a window with NaN is NaN in PyTorch, as in every other sum and maximum'
    }
  ]
};

/** The exclusions of a backend: `test` matches the full name. */
export function exclusions(backend) {
  return OWN[backend] ?? [];
}
