import { describe, expect, it } from '@jest/globals';
import { escapeHtml, renderErrorPage } from '@tripod/shared/http/error-page';

const hostile = `"><script>alert('&')</script>`;
const inert = '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;';

describe('escapeHtml', () => {
  it('escapes markup', () => {
    expect(escapeHtml(hostile)).toBe(inert);
  });
});

describe('renderErrorPage', () => {
  it.each(['title', 'detail', 'requestId', 'pointer', 'field detail'])('escapes the %s', (where) => {
    const at = (name: string): string => (name === where ? hostile : 'plain');
    const page = renderErrorPage({
      type: 'urn:tripod:error:NOT_FOUND',
      title: at('title'),
      status: 404,
      detail: at('detail'),
      code: 'NOT_FOUND',
      requestId: at('requestId'),
      errors: [{ pointer: at('pointer'), detail: at('field detail') }],
    });
    expect(page).toContain(inert);
    expect(page).not.toContain('<script');
  });
});
