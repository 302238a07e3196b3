/** Ada owns the chat and stays in it, like the other two. */
export const memberNames = ['ada', 'grace', 'linus'] as const;
/** Hedy comes and goes; what she tries may be refused. */
export const everybody = [...memberNames, 'hedy'] as const;
export type ActorName = (typeof everybody)[number];
