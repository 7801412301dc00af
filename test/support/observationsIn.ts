import { canonicalJson } from '../../src/app/canonicalJson.ts';
import { readConfig } from '../../src/main/config.ts';
import { openStores } from '../../src/main/openStores.ts';
import { kyselyReadModels } from '../../src/sql/kyselyReadModels.ts';

/** Every series that the read models hold, as canonical JSON, with the ordinal they stand at. No server may have them. */
export async function observationsIn(data: string, env: NodeJS.ProcessEnv): Promise<string> {
  const stores = openStores(readConfig(env, { data }), () => new Date());
  try {
    const readModels = kyselyReadModels(await stores.derived());
    const all: Record<string, unknown> = { ordinal: (await readModels.checkpoint())?.ordinal ?? 0 };
    for (const projection of await readModels.projections()) all[projection] = await readModels.series({ projection });
    return canonicalJson(all);
  } finally {
    await stores.close();
  }
}
