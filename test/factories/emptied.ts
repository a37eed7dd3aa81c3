/** SQL that empties tables past the guards of those that refuse it. For `query` without parameters. */
export function emptied(...tables: readonly string[]): string {
  const guards = (verb: string) => tables.map((table) => `ALTER TABLE ${table} ${verb} TRIGGER USER`);
  return [...guards('DISABLE'), `TRUNCATE ${tables.join(', ')} CASCADE`, ...guards('ENABLE')].join('; ');
}
