/** What the clocks of a connection can have to say although nothing has happened to it. */
export const CLOCK_NEWS = ['data_stale', 'consent_expiring', 'consent_ended'] as const;
export type ClockNews = (typeof CLOCK_NEWS)[number];
