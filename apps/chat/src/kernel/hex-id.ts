import { z } from 'zod';

/** An id as we write it ourselves; the contract takes either case from others. */
export const hexId = z.string().regex(/^[0-9a-f]{24}$/);
