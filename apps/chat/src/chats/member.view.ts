import type { Member, User } from '@roost/contract';
import type { MemberDocument } from '../access/member.schema.js';

export function memberView({ role, joinedAt, readSeq, deliveredSeq }: MemberDocument, user: User): Member {
  return { user, role, joinedAt: joinedAt.toISOString(), readSeq, deliveredSeq };
}
