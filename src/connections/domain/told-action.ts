interface Action {
  readonly message: string;
  readonly url?: unknown;
  readonly fields?: unknown;
}

/**
 * A next action for everybody but the user: without one-time addresses at the bank, and without its questions. Their
 * labels are the bank's own text: some hold a number to type, or the accounts to choose from.
 */
export function toldAction<A extends Action>(action: A): Omit<A, 'url' | 'fields'> {
  const { url: _url, fields, ...told } = action;
  return fields === undefined ? told : { ...told, message: 'Answer the questions of the bank.' };
}
