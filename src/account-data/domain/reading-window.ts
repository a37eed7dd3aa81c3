import type { BankDay } from '../../credentials/account-data.js';
import { addDays, latest } from './day.js';

/** Banks book late and correct: so many days are read again. */
const OVERLAP_DAYS = 10;
/** A pending transaction that is older is not waited for. */
const PENDING_DAYS = 60;

/**
 * From which day on to read. Depends on what is here, not on when it was read: no outage leaves a gap, and a renewal
 * does not bring old history again.
 * @param bookedUntil newest booked day that is here. @param pendingFrom oldest pending day that is here.
 */
export function readSince(bookedUntil: BankDay | null, pendingFrom: BankDay | null): BankDay | null {
  if (bookedUntil === null) return null;
  const overlap = addDays(bookedUntil, -OVERLAP_DAYS);
  if (pendingFrom === null || pendingFrom >= overlap) return overlap;
  return latest([pendingFrom, addDays(bookedUntil, -PENDING_DAYS)]);
}
