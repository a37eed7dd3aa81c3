/** Tells whose a connection is. */
export abstract class ConnectionOwners {
  /** @param id a UUID. @returns the id of the user, `null` = there is no such connection. */
  abstract ownerOf(id: string): Promise<string | null>;
}

/** Tells whose a hosted visit is. */
export abstract class LinkSessionOwners {
  /** @param id a UUID. @returns the id of the user, `null` = there is no such visit. */
  abstract ownerOf(id: string): Promise<string | null>;
}

/** Tells whose deletion a receipt is about. */
export abstract class DeletionOwners {
  /** @param id a UUID. @returns the id of the user, `null` = there is no such receipt. */
  abstract ownerOf(id: string): Promise<string | null>;
}
