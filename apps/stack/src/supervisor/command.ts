/** A program of ours: `node OPTIONS… FILE ARGS…`. It is started with an IPC channel, over which it is asked to stop. */
export type NodeCommand = {
  readonly type: 'node';
  /** Options of Node itself. Default: none. */
  readonly options?: readonly string[];
  readonly file: string;
  readonly args: readonly string[];
};

/** Any other program. It is asked to stop by a signal. */
export type BinaryCommand = {
  readonly type: 'binary';
  /** A path, or a name to be found on PATH. */
  readonly file: string;
  readonly args: readonly string[];
  /**
   * Texts that identify the process in the process table, for a program that changes its title. Default: the file and
   * the arguments.
   */
  readonly marks?: readonly string[];
  /** Default SIGTERM. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT';
};

export type Command = NodeCommand | BinaryCommand;
