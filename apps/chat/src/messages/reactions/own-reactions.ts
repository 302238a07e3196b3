import { Injectable } from '@nestjs/common';
import type { Reaction } from '@roost/contract';
import { ReactionsRepository } from './reactions.repository.js';

/** What has reactions: a message, or the change that tells them. */
export interface WithReactions {
  readonly reactions?: readonly Reaction[] | undefined;
}

/** Says of reactions which are one's own, where more have reacted than are named. */
@Injectable()
export class OwnReactions {
  constructor(private readonly reactions: ReactionsRepository) {}

  /** The same ones, in their order. Reads nothing where everybody is named. */
  async mark<One extends WithReactions>(
    userId: string,
    all: readonly One[],
    idOf: (one: One) => string,
  ): Promise<readonly One[]> {
    const unclear = all.filter(({ reactions }) => reactions?.some(isUnclear));
    if (unclear.length === 0) return all;
    const own = await this.reactions.ofPerson(userId, unclear.map(idOf));
    return all.map((one) => {
      if (!one.reactions?.some(isUnclear)) return one;
      const emoji = own.get(idOf(one)) ?? new Set();
      return { ...one, reactions: one.reactions.map((reaction) => marked(reaction, emoji)) };
    });
  }
}

const isUnclear = ({ count, userIds }: Reaction): boolean => count > userIds.length;

const marked = (reaction: Reaction, own: ReadonlySet<string>): Reaction =>
  isUnclear(reaction) ? { ...reaction, mine: own.has(reaction.emoji) } : reaction;
