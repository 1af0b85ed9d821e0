import { describe, expect, it } from '@jest/globals';
import type { AppError } from '@tripod/shared/errors/app-error';
import { imageBody, imageFormats } from '../../src/images/image.ts';
import { createBodyCheck } from '../../src/resource/validate.ts';
import { cat } from '../support/api.ts';

const checkImage = createBodyCheck(imageBody, imageFormats);

const refusalOf = (value: unknown): AppError => {
  try {
    checkImage(value);
  } catch (error) {
    return error as AppError;
  }
  throw new Error('it was accepted');
};

describe('the body of an image', () => {
  it.each([
    ['an image', cat],
    ['a title of one character', { ...cat, title: 'x' }],
    ['a title of 200 characters', { ...cat, title: 'x'.repeat(200) }],
    ['a title of 200 characters of two units each', { ...cat, title: '🦊'.repeat(200) }],
    ['an alt_text of 500 characters', { ...cat, alt_text: 'x'.repeat(500) }],
    ['a url of 2048 characters', { ...cat, url: `https://x.example/${'x'.repeat(2030)}` }],
    ['HTML, which is text', { ...cat, title: '<script>alert(1)</script>' }],
    ['SQL, which is text', { ...cat, title: "'; drop table images; --" }],
    ['other scripts', { ...cat, title: 'Кот и 猫', alt_text: 'قطة' }],
    ['spaces around the text', { ...cat, title: ' Cat ' }],
  ])('accepts %s', (_what, image) => {
    expect(() => checkImage(image)).not.toThrow();
  });

  it.each([
    ['title', 'is missing', { alt_text: 'x', url: '/x' }],
    ['title', 'must be a string', { ...cat, title: 7 }],
    ['title', 'must be a string', { ...cat, title: null }],
    ['title', 'must be a string', { ...cat, title: ['Cat'] }],
    ['title', 'must have 1 to 200 characters', { ...cat, title: '' }],
    ['title', 'must have 1 to 200 characters', { ...cat, title: 'x'.repeat(201) }],
    ['title', 'must have 1 to 200 characters', { ...cat, title: '🦊'.repeat(201) }],
    ['title', 'must not be blank', { ...cat, title: ' \u00a0\u3000' }],
    ['title', 'control characters', { ...cat, title: 'a\u0000b' }],
    ['title', 'control characters', { ...cat, title: 'a\nb' }],
    ['title', 'control characters', { ...cat, title: 'a\u007fb' }],
    ['title', 'control characters', { ...cat, title: 'a\u0085b' }],
    ['title', 'lone surrogates', { ...cat, title: 'a\ud800b' }],
    ['alt_text', 'must have 1 to 500 characters', { ...cat, alt_text: 'x'.repeat(501) }],
    ['alt_text', 'must not be blank', { ...cat, alt_text: '  ' }],
    ['url', 'must have 1 to 2048 characters', { ...cat, url: `https://x.example/${'x'.repeat(2031)}` }],
    ['url', 'must be an http or https address', { ...cat, url: 'javascript:alert(1)' }],
    ['url', 'must be a string', { ...cat, url: { href: 'https://x.example' } }],
  ])('refuses a %s that %s', (field, words, value) => {
    const { code, errors } = refusalOf(value);
    expect(code).toBe('API_IMAGE_INVALID');
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.pointer).toBe(`#/${field}`);
    expect(errors?.[0]?.detail).toContain(words);
  });

  it.each([
    ['null', null],
    ['a list', [cat]],
    ['a text', 'Cat'],
    ['a number', 7],
    ['true', true],
  ])('refuses %s', (_what, value) => {
    expect(refusalOf(value).errors).toEqual([
      { pointer: '#', detail: 'must be an object with title, alt_text and url' },
    ]);
  });

  it('names every wrong field at once, including unknown ones', () => {
    const { errors } = refusalOf({ title: '', url: 'ftp://x', id: 1, 'a/b~c é': 2 });
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '#/alt_text',
      '#/a~1b~0c%20%C3%A9',
      '#/id',
      '#/title',
      '#/url',
    ]);
  });

  it('refuses __proto__ and constructor as unknown fields', () => {
    const value: unknown = JSON.parse(
      '{"title":"a","alt_text":"b","url":"/c","__proto__":{"x":1},"constructor":2}',
    );
    expect(
      refusalOf(value)
        .errors?.map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(['#/__proto__', '#/constructor']);
  });

  it('names at most twenty fields, each at a readable length, even when a name is not well-formed Unicode', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field${index}`, 1]));
    expect(refusalOf({ ...cat, ...many }).errors).toHaveLength(20);
    const [first] = refusalOf({ ...cat, [`\ud800${'x'.repeat(9000)}`]: 1 }).errors ?? [];
    expect(first?.pointer.length).toBeLessThan(200);
  });
});
