import { limits } from '../base/limits.js';
import { name } from '../base/name.js';

export const title = name(limits.titleCodePoints);
