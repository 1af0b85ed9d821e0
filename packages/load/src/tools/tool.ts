import type { RunFigures } from '../report/load-result.ts';

/** The script of one lab. */
export type ToolScript = {
  /** A path in the folder of the lab. */
  readonly file: string;
  /** The path that the tool requests, where its command line names it. Default `/`. */
  readonly path?: string;
};

/** What the command line asked for. */
export type ToolJob = {
  /** The path of the script. */
  readonly script: string;
  /** The address of the lab without a path, and the URL with the path of the script. */
  readonly origin: string;
  readonly url: string;
  readonly users: number;
  readonly spawnRate: number;
  /** Undefined unless `--rate` is given. */
  readonly rate: number | undefined;
  readonly runSeconds: number;
  /** A folder for files of the tool, removed afterwards. */
  readonly folder: string;
};

export type ToolCommand = {
  readonly program: string;
  readonly args: readonly string[];
  /** The numbers of the model in words. */
  readonly load: string;
};

/** What a tool reports. */
export type ToolFigures = Pick<
  RunFigures,
  'requests' | 'failed' | 'requestsPerSecond' | 'responseTimeMs' | 'names'
> & {
  /** A sentence about this run that the reader of its times has to know. */
  readonly note?: string;
};

/** A load tool of others. Each file in `definitions/` exports one as `tool`; its name is that of the file. */
export type Tool = {
  /** What must be installed. */
  readonly program: string;
  /** How to install it, as the end of a sentence. */
  readonly install: string;
  /** Its scripts by lab. */
  readonly scripts: Readonly<Record<string, ToolScript>>;
  readonly model: 'closed' | 'open';
  /** Whether its times contain the time that requests waited because the server was slow, and a sentence about it. */
  readonly corrected: boolean;
  readonly correction: string;
  /** Makes its command line. May write files to the folder of the job. */
  command(job: ToolJob): ToolCommand;
  /** Reads its result from its standard output and from files of the job. Throws when there is none. */
  parse(output: string, job: ToolJob): ToolFigures;
};
