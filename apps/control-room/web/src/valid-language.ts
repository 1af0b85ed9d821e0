// Chromium without a language setting reports "en-US@posix", and uPlot throws a RangeError on it when it is loaded.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}
