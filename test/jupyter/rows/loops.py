"""A loop of a cell over variables of an earlier one, `total` and `gammaOfEarlier`, beside the same over local ones."""

#: The least of several times each: what else the machine does cannot make a loop quicker.
LOOPS = """
const least = (times: number[]) => Math.min(...times);
const timesOfLocal = Array.from({ length: 60 }, () => {
  const start = performance.now();
  let local = 0;
  const rate = 0.5;
  for (let i = 0; i < 2e6; i++) local += rate * i;
  return performance.now() - start + 0 * local;
});
const times: number[] = [];
for (let k = 0; k < 60; k++) {
  const start = performance.now();
  for (let i = 0; i < 2e6; i++) total += gammaOfEarlier * i;
  times.push(performance.now() - start);
}
least(times) / least(timesOfLocal) < 3"""
