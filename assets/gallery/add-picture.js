import { findPictureAddress } from './picture-frame.js';

const fieldNames = ['title', 'alt_text', 'url'];

const missing = {
  title: 'Give the picture a title.',
  alt_text: 'Describe what is to be seen.',
  url: 'Enter the address of the picture.',
};

/** The errors the page can see by itself, so that a slip costs no round trip; the API has the last word. */
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

/** The API says of a field that it "must be …"; below the field that reads as a sentence. */
const toSentence = (detail) => {
  const sentence = /^[a-z]/.test(detail) ? `It ${detail}` : detail;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
};

/** A failure that is no field's: what happened, that nothing typed is lost, and on a line of its own the request. */
const describeProblem = ({ status, detail, requestId }, others) => {
  const kept = status === 0 || status >= 500 ? ['What you typed is still here.'] : [];
  const request = requestId ? [`Request ${requestId}`] : [];
  return [[detail, ...kept, ...others].join(' '), ...request].join('\n');
};

/**
 * The form that adds a picture. `send(picture)` answers as `addPicture` does; `onAdded(picture)` shows the new
 * picture and returns the element that gets the focus.
 */
export const createAddForm = ({ opener, dialog, form, error, cancel, send, onAdded }) => {
  const submit = form.querySelector('[type="submit"]');
  const fieldOf = (name) => form.elements.namedItem(name);
  let isSending = false;

  // a line break is a control character, which the API refuses; in a description it means no more than a space
  const readField = (name) => fieldOf(name).value.trim().replace(/\s+/g, ' ');

  const setFieldError = (name, detail) => {
    const field = fieldOf(name);
    form.querySelector(`#error-${name}`).textContent = detail;
    if (detail) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  };

  const showErrors = (errors, rest) => {
    for (const name of fieldNames)
      setFieldError(
        name,
        errors
          .filter(([field]) => field === name)
          .map(([, detail]) => detail)
          .join(' '),
      );
    error.textContent = rest;
    const wrong = fieldNames.find((name) => errors.some(([field]) => field === name));
    if (wrong) fieldOf(wrong).focus();
  };

  const showProblem = (problem) => {
    const ofFields = problem.errors.filter(({ field }) => fieldNames.includes(field));
    const others = problem.errors
      .filter(({ field }) => !fieldNames.includes(field))
      .map(({ field, detail }) => `${field} ${detail}.`.trim());
    showErrors(
      ofFields.map(({ field, detail }) => [field, toSentence(detail)]),
      ofFields.length > 0 && others.length === 0 ? '' : describeProblem(problem, others),
    );
  };

  const setSending = (value) => {
    isSending = value;
    // not disabled: that would take the focus away from the button that was just pressed
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
