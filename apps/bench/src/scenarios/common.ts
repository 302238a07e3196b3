/** Characters of a message's text: a line of chat. */
export const textChars = 60;

/** Before the first round: Node compiles what runs often. */
export const warmUpSeconds = 8;
