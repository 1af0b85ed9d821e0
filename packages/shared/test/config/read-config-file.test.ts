import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfigFile } from '@tripod/shared/config/read-config-file';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fileWith = (text: string): string => {
  const file = join(folder, 'service.json');
  writeFileSync(file, text);
  return file;
};

describe('readConfigFile', () => {
  it('returns the object of a JSON file', () => {
    expect(readConfigFile(fileWith('{"port": 1}'))).toEqual({ port: 1 });
  });

  it.each([
    ['{"port": 1,}', 'is not JSON'],
    ['', 'is not JSON'],
    ['[]', 'must hold one JSON object'],
    ['null', 'must hold one JSON object'],
    ['"text"', 'must hold one JSON object'],
  ])('refuses %j and names the file', (text, problem) => {
    const file = fileWith(text);
    expect(() => readConfigFile(file)).toThrow(`The config file ${file} ${problem}`);
  });

  it('reads a file that begins with a byte order mark', () => {
    expect(readConfigFile(fileWith('\uFEFF{"port": 1}\r\n'))).toEqual({ port: 1 });
  });

  it('refuses a file over 1 MiB', () => {
    const file = fileWith(`{"port": 1}${' '.repeat(1_048_576)}`);
    expect(() => readConfigFile(file)).toThrow(
      `The config file ${file} has 1048587 bytes, which is more than`,
    );
  });

  it.each(['/dev/zero', '/dev/null'])('refuses the device %s', (file) => {
    expect(() => readConfigFile(file)).toThrow(
      `The config file ${file} cannot be read: it is not a plain file`,
    );
  });

  it('refuses a named pipe without waiting for a writer', () => {
    const file = join(folder, 'pipe');
    execFileSync('mkfifo', [file]);
    expect(() => readConfigFile(file)).toThrow(
      `The config file ${file} cannot be read: it is not a plain file`,
    );
  });

  it('says that a file does not exist', () => {
    const file = join(folder, 'absent.json');
    expect(() => readConfigFile(file)).toThrow(`The config file ${file} does not exist`);
  });

  it('says that a folder cannot be read', () => {
    expect(() => readConfigFile(folder)).toThrow(`The config file ${folder} cannot be read`);
  });
});
