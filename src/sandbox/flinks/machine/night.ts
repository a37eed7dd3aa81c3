const DAY_MS = 86_400_000;
/** The vendor's run is somewhere between four and eight, UTC. */
const RUNS_AT_MS = 4 * 3_600_000;

/** The next nightly run after a moment; epoch milliseconds. */
export function nightAfter(moment: number): number {
  return Math.floor((moment - RUNS_AT_MS) / DAY_MS + 1) * DAY_MS + RUNS_AT_MS;
}
