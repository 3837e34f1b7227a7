/** A store that is opened when somebody asks for it, once for a page or a worker, and anew after it was cleared. */

/** Gives the store. @param onGone hears, once, that the browser or the visitor has cleared it: then it may be asked again
 *  @throws whatever the browser says where its database is forbidden; then it may be asked again */
export type OpenStore<Store> = (onGone?: () => void) => Promise<Store>;

/** @param open opens it, and tells when it was cleared */
export function openedOnce<Store extends { close(): void }>(
  open: (forget: () => void) => Promise<Store>,
): OpenStore<Store> {
  let opening: Promise<Store> | undefined;
  const hearing = new Set<() => void>();

  function forget(): void {
    void opening?.then((store) => store.close());
    opening = undefined;
    const all = [...hearing];
    hearing.clear();
    for (const hear of all) hear();
  }

  return async (onGone) => {
    if (onGone) hearing.add(onGone);
    opening ??= open(forget);
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      if (onGone) hearing.delete(onGone);
      throw error;
    }
  };
}
