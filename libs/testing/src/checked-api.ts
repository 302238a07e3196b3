import { RoostApi } from '@roost/client';
import type { RoostApiOptions } from '@roost/client';
import { checkResult } from './checks.js';

/** Typed REST calls. */
export type Api = Pick<RoostApi, 'call'>;

/** REST whose answers are checked against the contract, strictly. */
export function checkedApi(options: RoostApiOptions): Api {
  const api = new RoostApi(options);
  return {
    call: async (name, ...rest) => {
      const result = await api.call(name, ...rest);
      checkResult(name, result);
      return result;
    },
  };
}
