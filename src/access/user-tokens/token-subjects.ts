/** `leaving`: the deletion was asked for and is not done. */
export type SubjectStanding = 'live' | 'leaving' | 'unknown';

/** Tells whether a token may be about a user. */
export abstract class TokenSubjects {
  /** @param userId a UUID. */
  abstract standingOf(userId: string): Promise<SubjectStanding>;
}
