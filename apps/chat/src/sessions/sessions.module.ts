import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import type { Settings } from '@roost/settings';
import { SETTINGS } from '../settings.module.js';
import { AccessTokens } from './access-tokens.js';
import { AccountsService } from './accounts.service.js';
import { Passwords } from './passwords.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RefreshingService } from './refreshing.service.js';
import { SessionEndings } from './session-endings.js';
import { SessionSweep } from './session-sweep.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsGateway } from './sessions.gateway.js';
import { SessionsService } from './sessions.service.js';
import { SignInLimits } from './sign-in-limits.js';
import { TokenPairs } from './token-pairs.js';

const algorithm = 'HS256';

@Module({
  imports: [
    JwtModule.registerAsync({
      inject: [SETTINGS],
      useFactory: ({ jwtSecret, jwtIssuer, jwtAudience }: Settings) => ({
        secret: jwtSecret,
        signOptions: { algorithm, issuer: jwtIssuer, audience: jwtAudience },
        // The list of algorithms is what refuses `alg: none` and keys of another kind.
        verifyOptions: { algorithms: [algorithm], issuer: jwtIssuer, audience: jwtAudience },
      }),
    }),
  ],
  controllers: [SessionsController],
  providers: [
    SessionsService,
    SessionsGateway,
    RefreshingService,
    AccountsService,
    SessionEndings,
    SessionSweep,
    SignInLimits,
    Passwords,
    AccessTokens,
    RefreshTokens,
    TokenPairs,
  ],
  exports: [SessionsService, AccountsService],
})
export class SessionsModule {}
