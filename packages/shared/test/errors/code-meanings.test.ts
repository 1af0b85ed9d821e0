import { describe, expect, it } from '@jest/globals';
import { codeMeanings } from '@tripod/shared/errors/code-meanings';
import { errorCodes } from '@tripod/shared/errors/codes';

describe('codeMeanings', () => {
  it('explains exactly the codes of the table, in its order', () => {
    expect(Object.keys(codeMeanings)).toEqual(Object.keys(errorCodes));
  });

  it.each(Object.entries(codeMeanings))(
    'explains %s in a sentence that stands in one table cell',
    (_code, meaning) => {
      expect(meaning).toMatch(/^[^|\n]{20,}\.$/);
    },
  );
});
