import { Global, Injectable, Module } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/**
 * Removes or makes anonymous what a room keeps of a deleted user.
 * @returns how many rows, for the receipt. Rejecting undoes the burial, which is tried again.
 */
export type ForgetUser = (manager: EntityManager, userId: string) => Promise<number>;

/** Rejecting undoes the request of the deletion. */
export type LeaveUser = (manager: EntityManager, userId: string) => Promise<void>;

/** Where rooms say how they forget a person. Declared in `onModuleInit`; the deletion of a user does not know the rooms. */
@Injectable()
export class UserTraces {
  private readonly rooms = new Map<string, ForgetUser>();
  private readonly leavings: LeaveUser[] = [];

  /** @param name stands in receipts, e.g. `outgoingEvents`. @throws RangeError when it is taken */
  add(name: string, forget: ForgetUser): void {
    if (this.rooms.has(name)) throw new RangeError(`The trace "${name}" exists.`);
    this.rooms.set(name, forget);
  }

  /** What must be done at providers before the user is buried is begun here. It may be asked for again and again. */
  whenLeaving(leave: LeaveUser): void {
    this.leavings.push(leave);
  }

  /** Inside the transaction that writes the request down. */
  async leave(manager: EntityManager, userId: string): Promise<void> {
    for (const leave of this.leavings) await leave(manager, userId);
  }

  /** Inside the transaction that buries the user. @returns rows by name */
  async forget(manager: EntityManager, userId: string): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const [name, forget] of this.rooms) counts[name] = await forget(manager, userId);
    return counts;
  }
}

/** Global: rooms far from users have traces of them. */
@Global()
@Module({ providers: [UserTraces], exports: [UserTraces] })
export class UserTracesModule {}
