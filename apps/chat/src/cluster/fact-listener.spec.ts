import { encode } from 'notepack.io';
import { expect, it } from 'vitest';
import { FactListener } from './fact-listener.js';

const packet = (fact: string, payload: unknown) => ({ type: 2, data: [fact, payload], nsp: '/' });
const broadcast = (id: string, fact: string, payload: unknown) => [id, packet(fact, payload), { rooms: ['chat-1'] }];

it('hears the facts of other replicas, and hands on all that they sent', () => {
  const facts = new FactListener();
  const heard: unknown[] = [];
  facts.on('message:new', (message) => heard.push(message));
  const sent = broadcast('theirs', 'message:new', { seq: 7 });
  expect(facts.parser.decode(Buffer.from(encode(sent)))).toEqual(sent);
  expect(heard).toEqual([{ seq: 7 }]);
});

it('knows its own broadcasts by their sender, whatever they carry', () => {
  const facts = new FactListener();
  const heard: unknown[] = [];
  facts.on('message:new', (message) => heard.push(message));
  for (const id of ['ours-1', 'another-id']) {
    const bytes = facts.parser.encode(broadcast(id, 'message:new', { seq: 8 }));
    expect(facts.parser.decode(bytes)).toEqual([id]);
  }
  expect(heard).toEqual([]);
});

it('hears its own canary', () => {
  const facts = new FactListener();
  const heard: string[] = [];
  facts.onCanary((room) => heard.push(room));
  facts.parser.decode(facts.parser.encode(broadcast('ours-1', 'canary', 'canary-1')));
  expect(heard).toEqual(['canary-1']);
});

it('leaves what is no broadcast alone', () => {
  const facts = new FactListener();
  facts.parser.encode(broadcast('ours-1', 'message:new', { seq: 1 }));
  const request = { uid: 'ours-1', type: 5 };
  expect(facts.parser.decode(facts.parser.encode(request))).toEqual(request);
});
