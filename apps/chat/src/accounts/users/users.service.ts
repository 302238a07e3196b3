import { Injectable } from '@nestjs/common';
import { ChatError, limits } from '@roost/contract';
import type { Me, User } from '@roost/contract';
import { nameWordsOf } from './name-words.js';
import { userView } from './profiles.js';
import type { UserDocument } from './user.schema.js';
import { UsersRepository } from './users.repository.js';
import type { ProfileDocument } from './users.repository.js';

@Injectable()
export class UsersService {
  constructor(private readonly users: UsersRepository) {}

  async me(userId: string): Promise<Me> {
    const user = await this.users.byId(userId);
    if (!user) throw new ChatError('auth/token_invalid');
    return meView(user);
  }

  /** People by the beginnings of the words of their names; e-mail addresses are no way to find anybody. */
  async search(query: string, limit: number = limits.pageItemsDefault): Promise<User[]> {
    const words = nameWordsOf(query);
    if (words.length === 0) return [];
    return (await this.users.search(words, limit)).map(userView);
  }
}

/** What an account shows to its owner. */
export type Account = ProfileDocument & Pick<UserDocument, 'email' | 'createdAt'>;

export function meView(user: Account): Me {
  return { ...userView(user), email: user.email, createdAt: user.createdAt.toISOString() };
}
