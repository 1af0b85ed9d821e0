import { type Ref, ref, watch } from 'vue';

export type Theme = 'light' | 'dark';

const storageKey = 'control-room-theme';

const readStored = (): Theme | undefined => {
  try {
    const stored = localStorage.getItem(storageKey);
    return stored === 'light' || stored === 'dark' ? stored : undefined;
  } catch {
    // Storage is blocked: the theme of the system counts.
    return undefined;
  }
};
const store = (theme: Theme): void => {
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // Without storage the choice holds until the page is left.
  }
};

/** `onEnd` registers what runs when the component ends. */
type OnEnd = (end: () => void) => void;

const follow = (query: string, onChange: (matches: boolean) => void, onEnd: OnEnd): boolean => {
  const media = matchMedia(query);
  const change = ({ matches }: MediaQueryListEvent): void => onChange(matches);
  media.addEventListener('change', change);
  onEnd(() => media.removeEventListener('change', change));
  return media.matches;
};

/** The theme of the page: the one that was chosen here, else that of the system, also when it changes. */
export const followTheme = (onEnd: OnEnd): Ref<Theme> => {
  const theme = ref<Theme>('light');
  let isOfSystem = false;
  const isDark = follow(
    '(prefers-color-scheme: dark)',
    (matches) => {
      if (readStored() !== undefined) return;
      isOfSystem = true;
      theme.value = matches ? 'dark' : 'light';
    },
    onEnd,
  );
  theme.value = readStored() ?? (isDark ? 'dark' : 'light');
  document.documentElement.dataset['theme'] = theme.value;
  watch(
    theme,
    (chosen) => {
      document.documentElement.dataset['theme'] = chosen;
      if (!isOfSystem) store(chosen);
      isOfSystem = false;
    },
    { flush: 'sync' },
  );
  return theme;
};

/** Whether the page may move things: not while the system asks for reduced motion. */
export const followMotion = (onEnd: OnEnd): Ref<boolean> => {
  const hasMotion = ref(true);
  const isReduced = follow(
    '(prefers-reduced-motion: reduce)',
    (matches) => {
      hasMotion.value = !matches;
    },
    onEnd,
  );
  hasMotion.value = !isReduced;
  return hasMotion;
};
