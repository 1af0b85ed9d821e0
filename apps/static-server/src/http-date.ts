const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const dayName = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const time = '\\d\\d:\\d\\d:\\d\\d';

const imfFixdate = new RegExp(`^${day}, \\d\\d ${month} \\d{4} ${time} GMT$`);
const rfc850 = new RegExp(`^${dayName}, \\d\\d-${month}-\\d\\d ${time} GMT$`);
const asctime = new RegExp(`^${day} ${month} [ \\d]\\d ${time} \\d{4}$`);

/** An HTTP-date in any of its three forms (RFC 9110 5.6.7), in milliseconds since 1970; undefined for all else. */
export const findHttpDate = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const known = imfFixdate.test(text) || rfc850.test(text) ? text : asctime.test(text) ? `${text} GMT` : '';
  const ms = Date.parse(known);
  return Number.isNaN(ms) ? undefined : ms;
};

/** Milliseconds since 1970 → the one form that is sent. */
export const formatHttpDate = (ms: number): string => new Date(ms).toUTCString();
