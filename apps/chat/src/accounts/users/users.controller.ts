import { Controller } from '@nestjs/common';
import type { InputOf, ResultOf } from '@roost/contract';
import { CurrentCaller, Input, Route } from '../../doors/rest/route.decorator.js';
import type { Caller } from '../../kernel/caller.js';
import { UsersService } from './users.service.js';

@Controller()
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Route('users.me')
  me(@CurrentCaller() caller: Caller): Promise<ResultOf<'users.me'>> {
    return this.users.me(caller.userId);
  }

  @Route('users.search')
  async search(@Input() { query }: InputOf<'users.search'>): Promise<ResultOf<'users.search'>> {
    return { items: await this.users.search(query.query, query.limit) };
  }
}
