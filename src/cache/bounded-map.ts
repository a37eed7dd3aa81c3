/**
 * A map of bounded size that forgets what was not used for longest. It keeps two generations: what is read in the old
 * one moves to the young one, and when the young one is full it becomes the old one. So a read of what is in use
 * changes nothing, unlike in a strict order of use.
 */
export class BoundedMap<V> {
  private readonly half: number;
  private young = new Map<string, V>();
  private old = new Map<string, V>();

  constructor(maxItems: number) {
    this.half = Math.max(1, Math.floor(maxItems / 2));
  }

  /** Never above the limit; what is in both generations counts twice. */
  get size(): number {
    return this.young.size + this.old.size;
  }

  get(key: string): V | undefined {
    const young = this.young.get(key);
    if (young !== undefined) return young;
    const old = this.old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.young.size >= this.half && !this.young.has(key)) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }

  delete(key: string): boolean {
    const wasYoung = this.young.delete(key);
    return this.old.delete(key) || wasYoung;
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }
}
