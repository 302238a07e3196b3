import { expect, test } from 'vitest';
import { LineWriter } from './line-writer.js';

/** What the system says of each write in turn: how many bytes it takes, or an error; at last it takes everything. */
function writerWith(...answers: (number | string)[]) {
  let written = '';
  let dropped = 0;
  const writer = new LineWriter(1, {
    onDropped: (lines) => (dropped += lines),
    write: (text) => {
      const answer = answers.shift() ?? text.length;
      if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: answer });
      written += text.toString('utf8', 0, answer);
      return answer;
    },
  });
  return { writer, written: () => written, dropped: () => dropped };
}

test.each(['ENOSPC', 'EPIPE', 'EIO'])(
  'lines refused with %s are dropped and counted, later ones are written',
  (code) => {
    const { writer, written, dropped } = writerWith(code);
    writer.write('one\ntwo\n');
    writer.write('three\n');
    expect([written(), dropped()]).toEqual(['three\n', 2]);
  },
);

test('what is written after half a line begins on a new one', () => {
  const { writer, written, dropped } = writerWith(5, 'ENOSPC', 'ENOSPC');
  writer.write('one\ntwo\n');
  writer.write('three\n');
  writer.write('four\n');
  // The break that stands before a dropped line counts as the end of the half one.
  expect([written(), dropped()]).toEqual(['one\nt\nfour\n', 3]);
});

test('what a reader has no room for waits for it, in order', () => {
  const { writer, written, dropped } = writerWith(2, 'EAGAIN');
  writer.write('one\n');
  writer.write('two\n');
  expect(written()).toBe('on');
  writer.flush();
  expect([written(), dropped()]).toEqual(['one\ntwo\n', 0]);
});

test('no more than a mebibyte waits; what comes beyond it is dropped', () => {
  const { writer, written, dropped } = writerWith('EAGAIN');
  const line = `${'x'.repeat(1023)}\n`;
  for (let count = 0; count < 1500; count++) writer.write(line);
  writer.flush();
  expect([written().length, dropped()]).toEqual([1024 * 1024, 1500 - 1024]);
});
