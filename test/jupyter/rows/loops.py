"""A loop of a cell over variables of an earlier one, `total` and `gammaOfEarlier`, beside the same over local ones."""

#: The least of several times each: what else the machine does cannot make a loop quicker.
LOOPS = """
const timeOfLocal = () => {
  const start = performance.now();
  let local = 0;
  const rate = 0.5;
  for (let i = 0; i < 2e6; i++) local += rate * i;
  return performance.now() - start + 0 * local;
};
const least = { local: Infinity, earlier: Infinity };
// On a busy machine it takes long until both have been compiled well and were left alone once.
for (let round = 0; round < 60 || (round < 1000 && least.earlier > 3 * least.local); round++) {
  least.local = Math.min(least.local, timeOfLocal());
  const start = performance.now();
  for (let i = 0; i < 2e6; i++) total += gammaOfEarlier * i;
  least.earlier = Math.min(least.earlier, performance.now() - start);
}
least.earlier < 3 * least.local"""
