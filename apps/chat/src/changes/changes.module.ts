import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { ChangeLog } from './change-log.js';
import { ChangeRepair } from './change-repair.js';
import { ChangeViews } from './change-views.js';

@Module({
  imports: [UsersModule],
  providers: [ChangeLog, ChangeViews, ChangeRepair],
  exports: [ChangeLog, ChangeViews],
})
export class ChangesModule {}
