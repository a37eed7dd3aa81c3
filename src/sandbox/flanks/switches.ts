import { ControlError } from '../simulator/control.routes.js';
import type { Json } from '../simulator/json.js';
import type { FlanksSwitches } from './flanks-simulator.types.js';

const DEFAULTS: FlanksSwitches = {
  singleActiveToken: false,
  tokenSeconds: 3600,
  groupKey: 'transaction',
  delayedExchange: false,
  lostRedirect: false,
  extrasOnSuccess: true,
  allowDuplicates: false,
  badRequestShape: 'documented',
  dataErrorStatus: 200,
  pageSize: 50,
  sessionDuplicateCode: 'InternalError',
  processingOnReturn: false,
};

type Check = (value: unknown) => boolean;

const isFlag: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value > 0;
const among =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

const CHECKS: Readonly<Record<keyof FlanksSwitches, Check>> = {
  singleActiveToken: isFlag,
  tokenSeconds: isCount,
  groupKey: among('transaction', 'transactions'),
  delayedExchange: isFlag,
  lostRedirect: isFlag,
  extrasOnSuccess: isFlag,
  allowDuplicates: isFlag,
  badRequestShape: among('documented', 'new'),
  dataErrorStatus: among(200, 202, 400),
  pageSize: isCount,
  sessionDuplicateCode: (value) => typeof value === 'string' && value !== '',
  processingOnReturn: isFlag,
};

/** Takes the switches out of the options; what is left out stays as it is. */
export function switched(change: Partial<FlanksSwitches>, before: FlanksSwitches = DEFAULTS): FlanksSwitches {
  const given = Object.entries(change).filter(([name]) => name in DEFAULTS);
  return { ...before, ...Object.fromEntries(given) };
}

/** @throws ControlError for a switch that does not exist or a value that it does not take. */
export function readSwitches(body: Json): Partial<FlanksSwitches> {
  for (const [name, value] of Object.entries(body)) {
    const check = Object.entries(CHECKS).find(([known]) => known === name)?.[1];
    if (!check) throw new ControlError(`There is no switch ${name}`);
    if (!check(value)) throw new ControlError(`${name} does not take this value`);
  }
  return body;
}
