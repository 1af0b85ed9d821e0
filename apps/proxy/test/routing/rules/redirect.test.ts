import { describe, expect, it } from '@jest/globals';
import { findRedirectLocation, redirectPattern } from '../../../src/routing/rules/redirect.ts';

const facts = { authority: 'old.example:8080', target: '/old/a?b=c', prefix: '/old/' };

describe('findRedirectLocation', () => {
  it.each([
    ['https://new.example/', 'https://new.example/'],
    ['https://{host}{uri}', 'https://old.example/old/a?b=c'],
    ['/new/{rest}', '/new/a?b=c'],
    ['{uri}', '/old/a?b=c'],
  ])('turns %s into %s', (to, location) => {
    expect(to).toMatch(new RegExp(redirectPattern));
    expect(findRedirectLocation({ to }, facts)).toBe(location);
  });

  it('has no location where the rest of the path would name another server', () => {
    const target = '/old//evil.example';
    expect(findRedirectLocation({ to: '/{rest}' }, { ...facts, target })).toBeUndefined();
  });
});

describe('redirectPattern', () => {
  it.each([
    '',
    'new.example',
    '//new.example/',
    'ftp://new.example/',
    'javascript:alert(1)',
    'https://new.example{rest}',
    'https://{rest}',
    'https://{uri}',
    'https://new.example/{uri}',
    'https://new.example/{path}',
    'https://new.example/\r\nX: y',
    'https://new.example\\a',
  ])('refuses %j', (to) => {
    expect(to).not.toMatch(new RegExp(redirectPattern));
  });
});
