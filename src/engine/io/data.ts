/** The data of a model, for files that carry them. */
import { type Dataset, httpSource } from "../data";
import { findDataset, requireDataset } from "../data/library";
import { findOwnDataset } from "../data/openOwn";

/** All samples, fetched once more, or read from what this browser keeps. @param datasetsUrl the folder of all datasets
 *  @throws DatasetError when a file is missing, truncated, corrupt or malformed, or there is no such dataset */
export async function fetchData(id: string, datasetsUrl: string): Promise<Dataset> {
  if (!findDataset(id)) await findOwnDataset(id);
  return await requireDataset(id).load(httpSource(datasetsUrl));
}
