import { v7 } from 'uuid';

/** The only source of new ids. Tests bind one that counts. */
export abstract class Ids {
  /** UUID version 7: sorts by time of creation. */
  abstract next(): string;
}

export class UuidIds extends Ids {
  override next(): string {
    return v7();
  }
}
