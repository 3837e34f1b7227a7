// What a server of the built page sends with every answer: cross-origin isolation, which shared memory between threads
// asks for, and the policy that makes "nothing leaves this device" true. The values are in headers.json, because
// vite.config.ts needs them too and is read without a bundler.
import headers from "./headers.json";

export const pageHeaders: Readonly<Record<string, string>> = {
  ...headers.isolation,
  "Content-Security-Policy": headers.contentSecurityPolicy.join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};
