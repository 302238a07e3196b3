import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { check } from '@roost/contract';
import type { Request } from 'express';
import { z } from 'zod';

const nothing = z.strictObject({});

/** For routes that declare no query parameters: a misspelled or misplaced one is refused, not overlooked. */
@Injectable()
export class NoQueryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    check(nothing, context.switchToHttp().getRequest<Request>().query);
    return true;
  }
}
