import { Controller } from '@nestjs/common';
import type { InputOf, ResultOf } from '@roost/contract';
import { ClientAddress } from '../../doors/client-address.js';
import { CurrentCaller, Input, Route } from '../../doors/rest/route.decorator.js';
import type { Caller } from '../../kernel/caller.js';
import { AccountsService } from './accounts.service.js';
import { countSignIn } from './metrics.js';
import { RefreshingService } from './refreshing.service.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';

@Controller()
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly signIn: SignInService,
    private readonly refreshing: RefreshingService,
    private readonly accounts: AccountsService,
  ) {}

  @Route('auth.register')
  register(
    @Input() { body }: InputOf<'auth.register'>,
    @ClientAddress() address: string,
  ): Promise<ResultOf<'auth.register'>> {
    return countSignIn('register', this.signIn.register(body, address));
  }

  @Route('auth.login')
  login(@Input() { body }: InputOf<'auth.login'>, @ClientAddress() address: string): Promise<ResultOf<'auth.login'>> {
    return countSignIn('login', this.signIn.login(body, address));
  }

  @Route('auth.refresh')
  refresh(
    @Input() { body }: InputOf<'auth.refresh'>,
    @ClientAddress() address: string,
  ): Promise<ResultOf<'auth.refresh'>> {
    return countSignIn('refresh', this.refreshing.refresh(body.refreshToken, address));
  }

  @Route('auth.logout')
  async logout(@CurrentCaller() caller: Caller, @Input() _input: InputOf<'auth.logout'>): Promise<void> {
    await this.sessions.end(caller, caller.sessionId);
  }

  @Route('auth.sessions')
  async list(@CurrentCaller() caller: Caller): Promise<ResultOf<'auth.sessions'>> {
    return { items: await this.sessions.list(caller) };
  }

  @Route('auth.endSession')
  end(@CurrentCaller() caller: Caller, @Input() { params }: InputOf<'auth.endSession'>): Promise<void> {
    return this.sessions.end(caller, params.sessionId);
  }

  @Route('auth.password')
  changePassword(
    @CurrentCaller() caller: Caller,
    @Input() { body }: InputOf<'auth.password'>,
    @ClientAddress() address: string,
  ): Promise<void> {
    return this.accounts.changePassword(caller, body, address);
  }
}
