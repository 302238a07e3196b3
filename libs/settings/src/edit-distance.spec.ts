import { expect, it } from 'vitest';
import { editDistance } from './edit-distance.js';

it.each([
  ['PORT', 'PORT', 0],
  ['PROT', 'PORT', 1],
  ['PORTS', 'PORT', 1],
  ['HOME', 'HOST', 2],
  ['JWT_SECERT', 'JWT_SECRET', 1],
  ['', 'PORT', 4],
])('from %s to %s it takes %i', (a, b, slips) => {
  expect(editDistance(a, b)).toBe(slips);
});
