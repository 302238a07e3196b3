import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { MongooseModule } from '@nestjs/mongoose';
import { SETTINGS } from '../../kernel/settings.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokens } from './access-tokens.js';
import { AccountEvents } from './account-events.js';
import { AccountsService } from './accounts.service.js';
import { Authenticator } from './authenticator.js';
import { jwtOptions } from './jwt-options.js';
import { KnownAddresses } from './known-addresses.js';
import { Passwords } from './passwords.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RefreshingService } from './refreshing.service.js';
import { SeenPairs } from './seen-pairs.js';
import { SessionOpener } from './session-opener.js';
import { SessionRevoker } from './session-revoker.js';
import { SessionSweep } from './session-sweep.js';
import { SessionDocument, SessionSchema } from './session.schema.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsGateway } from './sessions.gateway.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SignInLimits } from './sign-in-limits.js';
import { SignInService } from './sign-in.service.js';
import { TokenPairs } from './token-pairs.js';

@Module({
  imports: [
    MongooseModule.forFeature([{ name: SessionDocument.name, schema: SessionSchema }]),
    UsersModule,
    JwtModule.registerAsync({ inject: [SETTINGS], useFactory: jwtOptions }),
  ],
  controllers: [SessionsController],
  providers: [
    SessionsService,
    SignInService,
    KnownAddresses,
    SessionOpener,
    SessionsRepository,
    SessionsGateway,
    Authenticator,
    RefreshingService,
    AccountEvents,
    AccountsService,
    SessionRevoker,
    SessionSweep,
    SignInLimits,
    Passwords,
    AccessTokens,
    RefreshTokens,
    SeenPairs,
    TokenPairs,
  ],
  exports: [Authenticator, AccountsService],
})
export class SessionsModule {}
