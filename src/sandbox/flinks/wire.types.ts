/** The vendor's words, as they go over the wire. */

export type Language = 'en' | 'fr';

export type ChallengeType =
  'QuestionAndAnswer' | 'MultipleChoice' | 'MultipleChoiceMultipleAnswers' | 'ImageSelection' | 'TextOrCall';

export interface SecurityChallenge {
  readonly Type: ChallengeType;
  readonly Prompt: string;
  readonly Iterables?: readonly string[];
}

export interface LoginView {
  readonly Username: string;
  readonly IsScheduledRefresh: boolean;
  /** UTC without a zone, seven fractional digits. */
  readonly LastRefresh: string;
  readonly Type: 'Personal' | 'Business';
  readonly Id: string;
}

export interface Link {
  readonly rel: string;
  readonly href: string;
  readonly example: string | null;
}
