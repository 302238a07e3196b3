import { expect, it } from 'vitest';
import { title } from './fields.js';

it('a title loses the white space around it', () => {
  expect(title.parse('  Rocket science ')).toBe('Rocket science');
});
