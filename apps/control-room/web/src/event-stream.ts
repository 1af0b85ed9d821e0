/** `lost`: the stream broke and the browser or this code connects again; the values are old. */
export type StreamStatus = 'connecting' | 'live' | 'lost';

export type EventStreamOptions = {
  readonly url: string;
  /** Called with the name and the parsed data of each message. */
  readonly onMessage: (name: string, data: unknown) => void;
  readonly onStatus: (status: StreamStatus) => void;
  readonly names: readonly string[];
  /** Makes the connection; the browser's EventSource. */
  readonly connect: (url: string) => EventSource;
};

/** The browser gives up after an answer that is no event stream, such as a 502 while the server restarts. */
const retryMs = 2000;
/** A sample comes each second, so a stream that is silent for this long is lost. */
const silentAfterMs = 5000;

/** Opens the event stream and keeps it open. Returns the function that ends it. */
export const openEventStream = ({
  url,
  onMessage,
  onStatus,
  names,
  connect,
}: EventStreamOptions): (() => void) => {
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  const isHeard = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => onStatus('lost'), silentAfterMs);
    onStatus('live');
  };
  const open = (): void => {
    source = connect(url);
    source.onopen = isHeard;
    source.onerror = () => {
      clearTimeout(silence);
      onStatus('lost');
      if (source.readyState !== source.CLOSED) return;
      clearTimeout(retry);
      retry = setTimeout(open, retryMs);
    };
    for (const name of names)
      source.addEventListener(name, (message: MessageEvent<string>) => {
        isHeard();
        onMessage(name, JSON.parse(message.data));
      });
  };

  onStatus('connecting');
  open();
  return () => {
    clearTimeout(retry);
    clearTimeout(silence);
    source.close();
  };
};
