const PATIENCE_MS = 30_000;

/** Waits for what another process does, as nothing here can be awaited. */
export async function happens(what: string, seen: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!seen()) {
    if (performance.now() > deadline) throw new Error(`It never happened: ${what}.`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
