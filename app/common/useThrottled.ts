/** A value that is passed on at most so often. */
import { useEffect, useRef, useState } from "react";

/** @param key a change of it passes the value on at once */
export function useThrottled<T>(value: T, intervalMs: number, key: unknown): T {
  const [shown, setShown] = useState({ value, key });
  const latest = useRef(value);
  const lastAt = useRef(0);
  useEffect(() => {
    latest.current = value;
    const wait = key === shown.key ? lastAt.current + intervalMs - performance.now() : 0;
    const pass = (): void => {
      lastAt.current = performance.now();
      setShown({ value: latest.current, key });
    };
    if (value === shown.value) return;
    if (wait <= 0) {
      pass();
      return;
    }
    const timer = setTimeout(pass, wait);
    return () => clearTimeout(timer);
  }, [value, key, shown, intervalMs]);
  return shown.value;
}
