import type { Verdicts } from './verdicts.js';
import { closeStages } from './stage.js';

/** Runs, writes the report, cleans up and ends the process: 0 = all met, 1 = something failed or took too long. */
export async function runToEnd(report: Verdicts, deadlineMs: number, work: () => Promise<void>): Promise<never> {
  let failed = false;
  const over = new Promise<never>((_resolve, reject) => {
    setTimeout(() => {
      reject(new Error(`Not done after ${String(deadlineMs / 60_000)} minutes.`));
    }, deadlineMs).unref();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        reject(new Error(`Stopped by ${signal}.`));
      });
    }
  });
  try {
    await Promise.race([work(), over]);
  } catch (error) {
    console.error(error);
    failed = true;
  }
  await closeStages();
  await report.write();
  process.exit(failed || report.missed > 0 ? 1 : 0);
}
