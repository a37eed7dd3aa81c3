/** One variable that breaks a rule. Never holds the variable's value. */
export interface ConfigProblem {
  readonly variable: string;
  readonly rule: string;
}

/** The environment cannot be used. Lists every problem, so that one start is enough to learn them all. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, rule }) => `  ${variable} ${rule}`);
    super(['The configuration cannot be used:', ...lines].join('\n'));
  }
}
