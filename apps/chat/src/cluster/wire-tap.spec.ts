import { expect, it } from 'vitest';
import { WireTap } from './wire-tap.js';

it('hears facts by their name, and the canary by its room', () => {
  const tap = new WireTap();
  const heard: unknown[] = [];
  tap.on('message:new', (message) => heard.push(message));
  tap.onCanary((room) => heard.push(room));
  tap.hear({ data: ['message:new', { seq: 7 }] });
  tap.hear({ data: ['message:edited', { seq: 8 }] });
  tap.hear({ data: ['canary', 'canary-1'] });
  expect(heard).toEqual([{ seq: 7 }, 'canary-1']);
});

it.each([undefined, 'message:new', [], [7], [{}, 1]])('passes over a packet that is no event: %j', (data) => {
  const tap = new WireTap();
  expect(() => tap.hear({ data })).not.toThrow();
});
