import type { CommandName, InputOf, RequestOf, RouteName } from '@roost/contract';
import { limits } from '@roost/contract';

/** So many entries of a list weigh as much as a command by itself. */
const entriesPerToken = 50;
const listOf = (count: number) => Math.floor(count / entriesPerToken);

/**
 * Every command takes one token of its person's rate. These take more, by the work that what they name is for the store:
 * a `sync` of 1,000 chats takes 21.
 */
const commandExtras: { readonly [K in CommandName]?: (request: RequestOf<K>) => number } = {
  'chat:create': ({ memberIds }) => listOf(memberIds.length),
  'member:add': ({ userIds }) => listOf(userIds.length),
  'chat:unread': ({ chatIds }) => listOf(chatIds.length),
  'presence:watch': ({ userIds }) => listOf(userIds.length),
  sync: ({ chats }) => listOf(Object.keys(chats).length),
};

const routeExtras: { readonly [K in RouteName]?: (input: InputOf<K>) => number } = {
  'chats.list': ({ query }) => listOf(query.limit ?? limits.pageItemsDefault),
  'chats.create': ({ body }) => listOf(body.memberIds.length),
  'members.add': ({ body }) => listOf(body.userIds.length),
};

/** What a command takes beyond the one token that each takes. */
export const extraOfCommand = <K extends CommandName>(name: K, request: RequestOf<K>): number =>
  commandExtras[name]?.(request) ?? 0;

export const extraOfRoute = <K extends RouteName>(name: K, input: InputOf<K>): number =>
  routeExtras[name]?.(input) ?? 0;
