import { Controller } from '@nestjs/common';
import type { InputOf, ResultOf } from '@roost/contract';
import { Input, Route } from '../http/route.decorator.js';
import { SessionsService } from './sessions.service.js';

@Controller()
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Route('auth.register')
  register(@Input() { body }: InputOf<'auth.register'>): Promise<ResultOf<'auth.register'>> {
    return this.sessions.register(body);
  }

  @Route('auth.login')
  login(@Input() { body }: InputOf<'auth.login'>): Promise<ResultOf<'auth.login'>> {
    return this.sessions.login(body);
  }
}
