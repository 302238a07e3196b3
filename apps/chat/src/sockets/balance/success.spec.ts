import { expect, it } from 'vitest';
import { Success } from './success.js';

const after = (success: Success, asked: number, left: number, returned: number) => {
  success.begin();
  Object.assign(success, { asked, left, returned });
  return success;
};

it('G7 a few are asked at first, more with those who went elsewhere, and nobody more where they come back', () => {
  const success = new Success();
  expect(after(success, 0, 0, 0).mayAsk).toBe(5);
  expect(after(success, 5, 0, 0).mayAsk).toBe(0);
  expect(after(success, 5, 5, 0).mayAsk).toBe(15);
  expect(after(success, 5, 5, 5).mayAsk).toBe(0);
});

it('G7 where most come back it pauses, longer each time, until it helps again', () => {
  const success = new Success();
  const inVain = () => after(success, 5, 5, 5).pauseLooks();
  expect([inVain(), inVain(), inVain()]).toEqual([6, 12, 24]);
  expect(after(success, 5, 5, 1).pauseLooks()).toBe(0);
  expect(Array.from({ length: 6 }, inVain)).toEqual([6, 12, 24, 48, 96, 120]);
});
