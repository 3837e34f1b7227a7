/** English: the charts, their tools and their files. */

/** Charts. */
export const chart = {
  pictureFailed: ({ reason }: { readonly reason: string }) => `The picture could not be made: ${reason}`,
};
