import { findPictureAddress } from './picture-frame.js';

const fieldNames = ['title', 'alt_text', 'url'];

const missing = {
  title: 'Give the picture a title.',
  alt_text: 'Describe what the picture shows.',
  url: 'Enter the address of the picture.',
};

/** The errors that the page can find without a request. The API validates everything again. */
const findFieldErrors = (picture) => {
  const errors = fieldNames.filter((field) => picture[field] === '').map((field) => [field, missing[field]]);
  const isAddress = picture.url.startsWith('/') || /^https?:\/\//i.test(picture.url);
  if (picture.url !== '' && !(isAddress && findPictureAddress(picture.url)))
    errors.push([
      'url',
      'Start with https:// or http://, without a name and password, or with / for this site.',
    ]);
  return errors;
};

/** Makes a sentence of the API's detail for a field, such as "must be …". */
const toSentence = (detail) => {
  const sentence = /^[a-z]/.test(detail) ? `It ${detail}` : detail;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
};

/** The message for an error that belongs to no field: what happened, that the input is kept, and the request id. */
const describeProblem = ({ status, detail, requestId }, otherErrors) => {
  const kept = status === 0 || status >= 500 ? ['What you typed is still here.'] : [];
  const request = requestId ? [`Request ${requestId}`] : [];
  return [[detail, ...kept, ...otherErrors].join(' '), ...request].join('\n');
};

/**
 * The form that adds a picture. `send(picture)` resolves like `addPicture`. `onAdded(picture)` shows the new picture and
 * returns the element to focus.
 */
export const createAddForm = ({ opener, dialog, form, error, cancel, send, onAdded }) => {
  const submit = form.querySelector('[type="submit"]');
  const fieldOf = (name) => form.elements.namedItem(name);
  let isSending = false;

  // the API refuses control characters; in a description a line break means the same as a space
  const readField = (name) => fieldOf(name).value.trim().replace(/\s+/g, ' ');

  const setFieldError = (name, detail) => {
    const field = fieldOf(name);
    form.querySelector(`#error-${name}`).textContent = detail;
    if (detail) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  };

  const showErrors = (errors, formError) => {
    for (const name of fieldNames)
      setFieldError(
        name,
        errors
          .filter(([field]) => field === name)
          .map(([, detail]) => detail)
          .join(' '),
      );
    error.textContent = formError;
    const firstInvalid = fieldNames.find((name) => errors.some(([field]) => field === name));
    if (firstInvalid) fieldOf(firstInvalid).focus();
  };

  const showProblem = (problem) => {
    const fieldErrors = problem.errors.filter(({ field }) => fieldNames.includes(field));
    const otherErrors = problem.errors
      .filter(({ field }) => !fieldNames.includes(field))
      .map(({ field, detail }) => `${field} ${detail}.`.trim());
    showErrors(
      fieldErrors.map(({ field, detail }) => [field, toSentence(detail)]),
      fieldErrors.length > 0 && otherErrors.length === 0 ? '' : describeProblem(problem, otherErrors),
    );
  };

  const setSending = (value) => {
    isSending = value;
    // aria-disabled only: a disabled button would lose the focus
    submit.ariaDisabled = String(value);
    submit.textContent = value ? 'Adding…' : 'Add';
  };

  const submitPicture = async () => {
    const picture = Object.fromEntries(fieldNames.map((name) => [name, readField(name)]));
    const errors = findFieldErrors(picture);
    showErrors(errors, '');
    if (errors.length > 0) return;
    setSending(true);
    const outcome = await send(picture);
    setSending(false);
    if (outcome.problem) {
      showProblem(outcome.problem);
      return;
    }
    form.reset();
    dialog.close();
    onAdded(outcome.picture)?.focus();
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!isSending) void submitPicture();
  });
  form.addEventListener('input', ({ target }) => setFieldError(target.name, ''));
  opener.addEventListener('click', () => dialog.showModal());
  cancel.addEventListener('click', () => dialog.close());
};
