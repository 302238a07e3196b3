interface Texted {
  readonly text?: unknown;
}

/** Without the text of the message that was sent or edited, where it is the one that was asked for: its sender has it. */
export function briefed(answer: object, request: unknown): object {
  const { message } = answer as { readonly message?: Texted };
  if (message?.text === undefined || message.text !== (request as Texted).text) return answer;
  const { text: _, ...rest } = message;
  return { ...answer, message: rest };
}
