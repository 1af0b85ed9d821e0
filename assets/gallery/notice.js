/** A message at the bottom of the window, which stays until it is dismissed or replaced. */
export const createNotice = ({ box, text, dismiss, focusAfter }) => {
  const hide = () => {
    box.hidden = true;
    text.textContent = '';
  };
  dismiss.addEventListener('click', () => {
    hide();
    focusAfter.focus({ preventScroll: true });
  });
  return {
    hide,
    show: (message) => {
      box.hidden = false;
      text.textContent = message;
    },
  };
};
