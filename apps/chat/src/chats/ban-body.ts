import type { BanRecord } from '../access/member.schema.js';
import type { ChangeDocument } from '../logs/change.schema.js';

/** What a change says of a ban; of a time, as the contract writes it. */
export interface BanBody {
  readonly banReason?: string;
  readonly expiresAt?: string;
}

export const banRecordOf = ({
  by,
  at,
  body: { banReason, expiresAt },
}: Pick<ChangeDocument, 'by' | 'at'> & { readonly body: BanBody }): BanRecord => ({
  by,
  at,
  ...(banReason !== undefined && { reason: banReason }),
  ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
});
