import { applyDecorators, UseFilters } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { CommandName, HintName, HintOf, ReplyOf, RequestOf } from '@roost/contract';
import { AckErrorFilter } from './ack-error.filter.js';
import type { ChatSocket } from '../../kernel/chat-socket.js';

/** A door for commands: what its handlers throw becomes the failed acknowledgement. */
export const Gateway = (): ClassDecorator => applyDecorators(WebSocketGateway(), UseFilters(AckErrorFilter));

type Handler<K extends CommandName> = (socket: ChatSocket, request: RequestOf<K>) => Promise<ReplyOf<K>>;

/**
 * Handles a command of the contract: the request arrives checked, the reply becomes the acknowledgement. The compiler
 * refuses a handler whose request or reply is not the contract's.
 */
export function Command<K extends CommandName>(name: K) {
  return handling<Handler<K>>(name);
}

type HintHandler<H extends HintName> = (socket: ChatSocket, payload: HintOf<H>) => Promise<void>;

/** Handles a hint of the contract: the payload arrives checked, and nobody is told what becomes of it. */
export function Hint<H extends HintName>(name: H) {
  return handling<HintHandler<H>>(name);
}

/** Nest's decorator, on methods of this type alone. */
function handling<AnyHandler>(event: string) {
  const subscribe = SubscribeMessage(event);
  return (target: object, key: string, descriptor: TypedPropertyDescriptor<AnyHandler>): void => {
    subscribe(target, key, descriptor as PropertyDescriptor);
  };
}
