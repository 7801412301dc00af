import { sql, type Transaction } from 'kysely';
import type { ProjectionChange, ProjectionName, ReadModels } from '../app/ports.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { checkpointOf, moveCheckpoint } from './checkpoints.ts';
import type { Database, Tables } from './database.ts';
import {
  heldIn,
  observationsOf,
  packYears,
  patchYears,
  yearsOf,
  type WrittenRow,
  type YearKey,
  type HeldRow,
} from './observationRows.ts';

const READ_MODELS = 'observations_v2';
/** Which series a row is of but for the length of period, in the order in which the port lists them. */
const SERIES = ['place', 'basis', 'breakdown'] as const;
/** Which year a row holds, in the order in which the port answers observations. */
const YEAR_KEY = ['place', 'breakdown', 'basis', 'year'] as const;
type Dialect = Database['dialect'];

/** Rows in one statement: about a megabyte. */
const CHUNK_ROWS = 1000;

/**
 * Read models in either database, which must have been migrated. Closing them leaves the database open. Errors are
 * those of the port, and LedgerError `unavailable` when the connection fails.
 */
export function kyselyReadModels({ kysely, dialect }: Database): ReadModels {
  return {
    checkpoint: () => checkpointOf(kysely, READ_MODELS),

    async standing(projection) {
      const found = await kysely
        .selectFrom('projections_v1')
        .select('ordinal')
        .where('name', '=', projection)
        .executeTakeFirst();
      return found?.ordinal ?? null;
    },

    async commit(previous, next, changes) {
      await kysely.transaction().execute(async (tx) => {
        await moveCheckpoint(tx, READ_MODELS, previous, next);
        await moveProjections(
          tx,
          [...new Set(changes.map(({ projection }) => projection))].sort(),
          previous?.ordinal ?? 0,
          next.ordinal,
        );
        for (const change of changes) await applyChange(tx, dialect, change);
      });
    },

    async replace(projection, observations, ordinal = 0) {
      await kysely.transaction().execute(async (tx) => {
        await holdProjections(tx, [projection]);
        await tx.updateTable('projections_v1').set({ replaced: 1, ordinal }).where('name', '=', projection).execute();
        await tx.deleteFrom('observations_v2').where('projection', '=', projection).execute();
        for (const rows of packYears(observations, CHUNK_ROWS))
          await writeYears(tx, dialect, projection, rows, 'nothing');
      });
    },

    async series({ projection, place, granularity, breakdown, basis }) {
      let query = kysely
        .selectFrom('observations_v2')
        .select([...YEAR_KEY, 'cells'])
        .where('projection', '=', projection);
      if (place !== undefined) query = query.where('place', '=', place);
      if (breakdown !== undefined) query = query.where('breakdown', '=', breakdown);
      if (basis !== undefined) query = query.where('basis', '=', basis);
      for (const name of YEAR_KEY) query = query.orderBy(name);
      return observationsOf(await query.execute(), granularity);
    },

    async held(projection, among = {}) {
      let query = kysely
        .selectFrom('observations_v2')
        .select([...SERIES, 'granularities'])
        .distinct()
        .where('projection', '=', projection);
      for (const name of SERIES) if (among[name] !== undefined) query = query.where(name, '=', among[name]);
      for (const name of SERIES) query = query.orderBy(name);
      return heldIn(await query.execute(), among.granularity);
    },

    async projections() {
      const rows = await kysely
        .selectFrom('projections_v1')
        .select('name')
        .where((eb) =>
          eb.or([
            eb('replaced', '=', 1),
            eb.exists(
              eb.selectFrom('observations_v2').select('year').whereRef('projection', '=', 'projections_v1.name'),
            ),
          ]),
        )
        .orderBy('name')
        .execute();
      return rows.map(({ name }) => name);
    },

    async drop(projection) {
      await kysely.transaction().execute(async (tx) => {
        await tx.deleteFrom('projections_v1').where('name', '=', projection).execute();
        await tx.deleteFrom('observations_v2').where('projection', '=', projection).execute();
      });
    },

    async clear() {
      await kysely.transaction().execute(async (tx) => {
        await tx.deleteFrom('checkpoints').where('read_models', '=', READ_MODELS).execute();
        await tx.deleteFrom('projections_v1').execute();
        await tx.deleteFrom('observations_v2').execute();
      });
    },

    async close() {},
  };
}

/** Moves the projections from one ordinal to another, unless one stands elsewhere. `names` are sorted. */
async function moveProjections(
  tx: Transaction<Tables>,
  names: readonly ProjectionName[],
  from: number,
  to: number,
): Promise<void> {
  const elsewhere = (await holdProjections(tx, names)).find(({ ordinal }) => ordinal !== from);
  if (elsewhere !== undefined) {
    throw new LedgerError(
      'checkpoint-moved',
      `The projection ${elsewhere.name} stands at ${elsewhere.ordinal}, not at ${from}.`,
      { hint: 'Read the checkpoint again and bring the projection level with it.' },
    );
  }
  if (names.length > 0)
    await tx.updateTable('projections_v1').set({ ordinal: to }).where('name', 'in', names).execute();
}

/**
 * Makes the projections known, locks their rows and answers where each stands: on PostgreSQL a `commit` and a `replace`
 * of the same projection follow one another. `names` are sorted, so that two who want several never wait for each other.
 */
async function holdProjections(
  tx: Transaction<Tables>,
  names: readonly ProjectionName[],
): Promise<readonly { readonly name: ProjectionName; readonly ordinal: number }[]> {
  if (names.length === 0) return [];
  return tx
    .insertInto('projections_v1')
    .values(names.map((name) => ({ name, replaced: 0, ordinal: 0 })))
    .onConflict((conflict) => conflict.column('name').doUpdateSet((eb) => ({ name: eb.ref('excluded.name') })))
    .returning(['name', 'ordinal'])
    .execute();
}

/** Years are read, changed and written whole: removals first, then upserts. */
async function applyChange(
  tx: Transaction<Tables>,
  dialect: Dialect,
  { projection, upserts, removals }: ProjectionChange,
): Promise<void> {
  const held: HeldRow[] = [];
  for (const years of chunksOf(yearsOf([...removals, ...upserts])))
    held.push(...(await readYears(tx, dialect, projection, years)));
  const { written, emptied } = patchYears(held, removals, upserts);
  // The index of what is held stays as it is where it can.
  await writeYears(
    tx,
    dialect,
    projection,
    written.filter((row) => row.sameGranularities),
    'cells',
  );
  await writeYears(
    tx,
    dialect,
    projection,
    written.filter((row) => !row.sameGranularities),
    'cells and granularities',
  );
  for (const { place, breakdown, basis, year } of emptied) {
    await tx
      .deleteFrom('observations_v2')
      .where((eb) => eb.and({ projection, place, breakdown, basis, year }))
      .execute();
  }
}

/**
 * Those of `years` that are there. Written as one look-up in the primary key for each, which leaves the planner of
 * PostgreSQL no choice: of a table just filled it knows nothing yet, and a join was seen to take 19 s instead of 2.
 */
async function readYears(
  tx: Transaction<Tables>,
  dialect: Dialect,
  projection: ProjectionName,
  years: readonly YearKey[],
): Promise<HeldRow[]> {
  const { rows } = await sql<{ place_in_list: number; cells: string | null }>`
    select ${numberOf(dialect)} as place_in_list, (
      select cells from observations_v2 where projection = ${projection}
        and ${sql.join(
          YEAR_KEY.map((name, index) => sql`${sql.ref(name)} = ${itemAt(index)}`),
          sql` and `,
        )}
    ) as cells
    from ${listed(
      dialect,
      years.map((year) => YEAR_KEY.map((name) => year[name])),
    )}
  `.execute(tx);
  return rows.flatMap(({ place_in_list, cells }) =>
    cells === null ? [] : [{ ...(years[place_in_list] as YearKey), cells }],
  );
}

/** @param overwrites what changes of a row that is there already; with `nothing` it is an error */
async function writeYears(
  tx: Transaction<Tables>,
  dialect: Dialect,
  projection: ProjectionName,
  rows: readonly WrittenRow[],
  overwrites: 'nothing' | 'cells' | 'cells and granularities',
): Promise<void> {
  const names = [...YEAR_KEY, 'granularities', 'cells'] as const;
  const changed = overwrites === 'cells' ? ['cells'] : ['cells', 'granularities'];
  for (const chunk of chunksOf(rows)) {
    await sql`
      insert into observations_v2 (projection, ${sql.join(names.map((name) => sql.ref(name)))})
      select ${projection}, ${sql.join(names.map((_, index) => itemAt(index)))}
      from ${listed(
        dialect,
        chunk.map((row) => names.map((name) => row[name])),
      )} where true
      ${
        overwrites === 'nothing'
          ? sql``
          : sql`on conflict (projection, ${sql.join(YEAR_KEY.map((name) => sql.ref(name)))}) do update set ${sql.join(
              changed.map((name) => sql`${sql.ref(name)} = excluded.${sql.ref(name)}`),
            )}`
      }
    `.execute(tx);
  }
}

/**
 * Lists of texts as a table with one column, `value`: one JSON parameter instead of thousands, whose statement would be
 * made and parsed anew for each number of rows.
 */
const listed = (dialect: Dialect, lists: readonly (readonly string[])[]) =>
  dialect === 'sqlite'
    ? sql`json_each(${JSON.stringify(lists)}) as item`
    : sql`jsonb_array_elements(${JSON.stringify(lists)}::jsonb) with ordinality as item(value, number)`;

/** Which of the lists a row is, from 0. */
const numberOf = (dialect: Dialect) => (dialect === 'sqlite' ? sql`item.key` : sql`(item.number - 1)::integer`);

/** A text of a list: both dialects write it alike. */
const itemAt = (index: number) => sql`item.value ->> ${sql.lit(index)}`;

function chunksOf<T>(rows: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(rows.length / CHUNK_ROWS) }, (_, index) =>
    rows.slice(index * CHUNK_ROWS, (index + 1) * CHUNK_ROWS),
  );
}
