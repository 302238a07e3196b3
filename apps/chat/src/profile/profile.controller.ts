import { Controller } from '@nestjs/common';
import type { InputOf, ResultOf } from '@roost/contract';
import { CurrentCaller, Input, Route } from '../doors/rest/route.decorator.js';
import type { Caller } from '../kernel/caller.js';
import { ProfileService } from './profile.service.js';

@Controller()
export class ProfileController {
  constructor(private readonly profile: ProfileService) {}

  @Route('users.update')
  update(
    @CurrentCaller() caller: Caller,
    @Input() { body }: InputOf<'users.update'>,
  ): Promise<ResultOf<'users.update'>> {
    return this.profile.update(caller, body);
  }
}
