/**
 * Where the recorded engine answers otherwise, and the embedded server is right: `seed/line`, counted from 0. A case that
 * is listed and does not differ fails the test, as does one that differs and is not listed.
 */
export const differences: readonly { reason: string; cases: readonly string[] }[] = [
  {
    reason:
      'MongoDB sorts an empty array before null and what is missing; that engine takes it for null. ' +
      'Without empty arrays all its sorted answers are the same.',
    cases: [
      '1/23 1/34 1/37 1/72 1/76 2/17 2/22 2/43 2/48 2/82',
      '3/15 3/19 3/23 3/41 3/45 3/46 3/52',
      '4/9 4/10 4/20 4/24 4/25 4/28 4/49 4/97 4/100',
    ].flatMap((line) => line.split(' ')),
  },
  {
    reason:
      'MongoDB gives $push, $first and $last the documents in the order of the $sort before; that engine does not.',
    cases: ['2/95', '2/98', '3/70', '3/87', '4/79', '4/86', '4/96'],
  },
  {
    reason:
      'An $unwind that keeps what has no elements leaves the field out. MongoDB leaves it out of an _id made of several ' +
      'fields and out of $addToSet; that engine makes it null.',
    cases: ['1/100', '2/66', '3/88', '4/77', '4/89'],
  },
  {
    reason: 'Both refuse; MongoDB calls it BadValue (2), TypeMismatch (14) or NotSingleValueField (54).',
    cases: ['1/130', '1/133', '1/135', '2/106', '2/133', '2/138', '3/156', '3/157'],
  },
  {
    reason: 'MongoDB finds nothing to remove where $unset leads through what is no document; that engine refuses.',
    cases: ['2/107', '4/116', '4/124'],
  },
  {
    reason: 'Of several documents that match, an update of one takes any. That engine took one which it could change.',
    cases: ['3/117'],
  },
];
