import { Injectable } from '@nestjs/common';

import { Failure } from '../platform/errors/failure.js';
import type { Page } from '../platform/pagination/cursor.js';
import type { DeletionReceipt } from './deletion-receipt.js';
import { DeletionReceiptRepository, type ReceiptFilter } from './persistence/deletion-receipt.repository.js';

@Injectable()
export class ReadDeletions {
  constructor(private readonly receipts: DeletionReceiptRepository) {}

  /** @throws Failure `deletion.not_found` */
  async one(id: string): Promise<DeletionReceipt> {
    const receipt = await this.receipts.find(id);
    if (!receipt) throw new Failure('deletion.not_found', { detail: 'There is no receipt with this id.' });
    return receipt;
  }

  /** Newest first. @throws Failure `request.invalid_cursor` */
  async list(filter: ReceiptFilter, limit: number, cursor?: string): Promise<Page<DeletionReceipt>> {
    return this.receipts.page(filter, limit, cursor);
  }
}
