const minSwipePx = 48;

/** Calls `left`, `right` or `down` when one finger swipes across the element in that direction. Two fingers zoom. */
export const watchSwipes = (element, { left, right, down }) => {
  let start;
  element.addEventListener('pointerdown', (event) => {
    start =
      event.isPrimary && event.pointerType === 'touch' ? { x: event.clientX, y: event.clientY } : undefined;
  });
  element.addEventListener('pointercancel', () => {
    start = undefined;
  });
  element.addEventListener('pointerup', (event) => {
    if (!start || !event.isPrimary) return;
    const x = event.clientX - start.x;
    const y = event.clientY - start.y;
    start = undefined;
    if (Math.abs(x) >= minSwipePx && Math.abs(x) > 1.5 * Math.abs(y)) (x < 0 ? left : right)();
    else if (y >= 2 * minSwipePx && y > 1.5 * Math.abs(x)) down();
  });
};
