import { written } from '../base/fields.js';
import { limits } from '../base/limits.js';

export const title = written(limits.titleCodePoints).overwrite((value) => value.trim());
