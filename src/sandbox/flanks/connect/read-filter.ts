import { isObject } from '../../simulator/json.js';
import type { Fields } from '../body.js';
import { invalid } from '../flanks-error.js';
import type { FilterRule } from './connector-filter.js';

const ACTIONS = ['include', 'exclude'] as const;
const FIELDS = ['connector_id', 'countries', 'type'] as const;

/** No filter: no rules. @throws FlanksError 400 for rules that cannot be understood. */
export function readFilter(configuration: Fields): readonly FilterRule[] {
  const rules = configuration.inner('connector_filter')?.raw('rules') ?? [];
  if (!Array.isArray(rules)) throw invalid('new', 'connector_filter.rules');
  return rules.map(readRule);
}

function readRule(rule: unknown): FilterRule {
  const given = isObject(rule) ? rule : {};
  const action = ACTIONS.find((known) => known === given['action']);
  const field = FIELDS.find((known) => known === given['field']);
  const value = valueOf(given['value']);
  if (!action || !field || value === null) throw invalid('new', 'connector_filter.rules');
  return { action, field, value };
}

function valueOf(value: unknown): string | readonly string[] | null {
  if (typeof value === 'string') return value;
  const list: readonly unknown[] = Array.isArray(value) ? value : [null];
  const texts = list.filter((item) => typeof item === 'string');
  return texts.length === list.length ? texts : null;
}
