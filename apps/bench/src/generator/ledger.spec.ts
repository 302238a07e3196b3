import { expect, test } from 'vitest';
import { Ledger } from './ledger.js';

/** Socket 0 is in both chats, socket 1 in the first. */
function ledgerOf(numbered: boolean): Ledger {
  const chats = [
    { id: 'a', lastSeq: 4, members: [0, 1] },
    { id: 'b', lastSeq: 0, members: [0] },
  ];
  const sockets = [1, 2].map((port) => ({ port, auth: {} }));
  return new Ledger({ numbered, concurrency: 1, chats, sockets }, [[0, 1], [0]]);
}

test.each([true, false])(
  'what reached every socket of its chat is neither lost nor doubled (numbered: %s)',
  (numbered) => {
    const ledger = ledgerOf(numbered);
    for (const chat of [0, 1]) ledger.sent(chat);
    ledger.got(0, 0, 5);
    ledger.got(1, 0, 5);
    ledger.got(0, 1, 1);
    expect(ledger.check()).toEqual({ lost: 0, doubled: 0 });
  },
);

test.each([true, false])(
  'what a socket never got is lost, also where it got nothing at all (numbered: %s)',
  (numbered) => {
    const ledger = ledgerOf(numbered);
    for (const chat of [0, 1]) ledger.sent(chat);
    ledger.got(0, 0, 5);
    expect(ledger.check()).toEqual({ lost: 2, doubled: 0 });
  },
);

test('a message of one chat does not make up for one of another', () => {
  const ledger = ledgerOf(true);
  for (const chat of [0, 1]) ledger.sent(chat);
  ledger.got(1, 0, 5);
  ledger.got(0, 0, 5);
  ledger.got(0, 0, 5);
  expect(ledger.check()).toEqual({ lost: 1, doubled: 1 });
});

test('a refused send may have been stored and told all the same', () => {
  const ledger = ledgerOf(false);
  ledger.maybeSent(1);
  ledger.got(0, 1, 1);
  expect(ledger.check()).toEqual({ lost: 0, doubled: 0 });
});
