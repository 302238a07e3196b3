import type { RouteName, routes } from '@roost/contract';

type Route<K extends RouteName> = Pick<(typeof routes)[K], 'method' | 'path'>;

/** Where each route is. The contract has that too, beside schemas, which are not to be in every page: the compiler compares the two. */
export const paths: { readonly [K in RouteName]: Route<K> } = {
  'auth.register': { method: 'POST', path: '/auth/register' },
  'auth.login': { method: 'POST', path: '/auth/login' },
  'auth.refresh': { method: 'POST', path: '/auth/refresh' },
  'auth.logout': { method: 'POST', path: '/auth/logout' },
  'auth.sessions': { method: 'GET', path: '/auth/sessions' },
  'auth.endSession': { method: 'DELETE', path: '/auth/sessions/:sessionId' },
  'auth.password': { method: 'POST', path: '/auth/password' },
  'users.me': { method: 'GET', path: '/users/me' },
  'users.update': { method: 'PATCH', path: '/users/me' },
  'users.search': { method: 'GET', path: '/users' },
  'chats.list': { method: 'GET', path: '/chats' },
  'chats.create': { method: 'POST', path: '/chats' },
  'chats.get': { method: 'GET', path: '/chats/:chatId' },
  'chats.update': { method: 'PATCH', path: '/chats/:chatId' },
  'chats.delete': { method: 'DELETE', path: '/chats/:chatId' },
  'members.list': { method: 'GET', path: '/chats/:chatId/members' },
  'members.add': { method: 'POST', path: '/chats/:chatId/members' },
  'members.update': { method: 'PATCH', path: '/chats/:chatId/members/:userId' },
  'members.remove': { method: 'DELETE', path: '/chats/:chatId/members/:userId' },
  'messages.list': { method: 'GET', path: '/chats/:chatId/messages' },
  'messages.send': { method: 'POST', path: '/messages' },
  'messages.edit': { method: 'PATCH', path: '/messages/:messageId' },
  'messages.delete': { method: 'DELETE', path: '/messages/:messageId' },
  'reactions.add': { method: 'PUT', path: '/messages/:messageId/reactions/:emoji' },
  'reactions.remove': { method: 'DELETE', path: '/messages/:messageId/reactions/:emoji' },
  'reactions.list': { method: 'GET', path: '/messages/:messageId/reactions' },
  'receipts.read': { method: 'POST', path: '/chats/:chatId/read' },
  'receipts.delivered': { method: 'POST', path: '/chats/:chatId/delivered' },
  'receipts.list': { method: 'GET', path: '/chats/:chatId/receipts' },
  'me.mark': { method: 'PATCH', path: '/chats/:chatId/marks' },
  'me.changes': { method: 'GET', path: '/users/me/changes' },
};
